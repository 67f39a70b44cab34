//! The line at the bottom of a terminal that says how far a suite is.
//!
//! Runs do not report while they go on, so a thread redraws the line. Whoever prints something else takes the line away
//! first and holds it until the text is out: see [`Progress::line`].

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use suite::{Cancel, Event, Sink, Status};
use syntax::{FileName, SmolStr};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The line is not drawn more often.
const TICK: Duration = Duration::from_millis(100);

/// The line and the thread that draws it.
pub(crate) struct Progress {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// A line that others take away when they print.
#[derive(Clone)]
pub(crate) struct Line(Arc<Shared>);

struct Shared {
    line: Mutex<State>,
    over: Condvar,
}

struct State {
    terminal: Box<dyn Write + Send>,
    width: usize,
    cancel: Arc<Cancel>,
    /// What stands on the terminal; empty when nothing does.
    drawn: String,
    done: usize,
    failed: usize,
    total: usize,
    running: Vec<Running>,
    is_over: bool,
}

struct Running {
    file: FileName,
    /// `None` for a teardown.
    run: Option<SmolStr>,
    since: Instant,
}

impl Progress {
    /// Begins to draw on `terminal`, which has `width` columns.
    pub(crate) fn on(terminal: Box<dyn Write + Send>, width: usize, cancel: Arc<Cancel>) -> Progress {
        let state = State {
            terminal,
            width,
            cancel,
            drawn: String::new(),
            done: 0,
            failed: 0,
            total: 0,
            running: Vec::new(),
            is_over: false,
        };
        let shared = Arc::new(Shared { line: Mutex::new(state), over: Condvar::new() });
        let drawing = Arc::clone(&shared);
        // Without a thread there is no line.
        let thread =
            std::thread::Builder::new().name("progress".to_owned()).spawn(move || drawing.draw()).ok();
        Progress { shared, thread }
    }

    pub(crate) fn line(&self) -> Line {
        Line(Arc::clone(&self.shared))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.lock());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.change(|state| {
            state.is_over = true;
            state.clear();
        });
        self.shared.over.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has drawn its last line already.
            let _ = thread.join();
        }
    }
}

impl Line {
    /// Takes the line away while `print` prints.
    pub(crate) fn without<T>(&self, print: impl FnOnce() -> T) -> T {
        let mut state = self.0.lock();
        state.clear();
        print()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self) {
        let mut state = self.lock();
        while !state.is_over {
            let waited = self.over.wait_timeout(state, TICK);
            state = waited.map_or_else(|error| error.into_inner().0, |(state, _)| state);
            if !state.is_over {
                state.draw(Instant::now());
            }
        }
    }
}

impl State {
    /// What there is to say now.
    fn text(&self, now: Instant) -> String {
        let Some(slowest) = self.running.iter().min_by_key(|running| running.since) else {
            return String::new();
        };
        let seconds = now.saturating_duration_since(slowest.since).as_secs();
        let what = match &slowest.run {
            Some(run) => format!("in {}::{run}", slowest.file),
            None => format!("tearing down {}", slowest.file),
        };
        let more = match self.running.len() {
            0 | 1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let stopping = match (self.cancel.is_cancelled(), self.cancel.is_stopped()) {
            (true, _) => ", ending now",
            (false, true) => ", stopping after this",
            (false, false) => "",
        };
        let failed = match self.failed {
            0 => String::new(),
            count => format!(", {count} failed"),
        };
        format!("  {}/{} runs{failed}, {seconds}s {what}{more}{stopping}", self.done, self.total)
    }

    fn draw(&mut self, now: Instant) {
        // The last column stays empty: some terminals begin a new line with what stands there.
        let text = cut(&self.text(now), self.width.saturating_sub(1));
        if text == self.drawn {
            return;
        }
        // A terminal that is gone needs no line.
        let _ = write!(self.terminal, "\r\x1b[K\x1b[90m{text}\x1b[0m").and_then(|()| self.terminal.flush());
        self.drawn = text;
    }

    fn clear(&mut self) {
        if !self.drawn.is_empty() {
            let _ = write!(self.terminal, "\r\x1b[K").and_then(|()| self.terminal.flush());
            self.drawn.clear();
        }
    }

    fn begin(&mut self, file: FileName, run: Option<SmolStr>) {
        self.running.push(Running { file, run, since: Instant::now() });
    }

    fn end(&mut self, file: &FileName, run: Option<&SmolStr>) {
        self.running.retain(|running| running.file != *file || running.run.as_ref() != run);
    }
}

/// As much of a text as fits into so many columns. Characters that would move the cursor are shown as unknown ones.
fn cut(text: &str, columns: usize) -> String {
    let mut left = columns;
    let mut cut = String::new();
    for cluster in text.graphemes(true) {
        let shown = if cluster.chars().any(char::is_control) { "\u{fffd}" } else { cluster };
        let Some(rest) = left.checked_sub(shown.width()) else { break };
        left = rest;
        cut.push_str(shown);
    }
    cut
}

impl Sink for Progress {
    fn event(&mut self, event: Event) {
        match event {
            Event::Discovered { files } => {
                self.change(|state| state.total = files.iter().map(|found| found.runs.len()).sum());
            }
            Event::RunStarted { file, run, .. } => self.change(|state| state.begin(file, Some(run))),
            Event::RunFinished(finished) => self.change(|state| {
                state.done += 1;
                state.failed += usize::from(matches!(finished.status, Status::Fail | Status::Error));
                state.end(&finished.file, Some(&finished.run));
            }),
            Event::TeardownStarted { file } => self.change(|state| state.begin(file, None)),
            Event::TeardownFinished { file, .. } | Event::FileFinished { file, .. } => {
                self.change(|state| state.end(&file, None));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_by_their_columns() {
        for (text, columns, shown) in [
            ("abc", 2, "ab"),
            ("abc", 0, ""),
            // Two columns each.
            ("日本語", 5, "日本"),
            ("日本語", 1, ""),
            // One column, and three characters.
            ("e\u{301}\u{302}x", 1, "e\u{301}\u{302}"),
            ("👩‍👩‍👧x", 2, "👩‍👩‍👧"),
            ("a\x1b[2Jb\nc", 9, "a\u{fffd}[2Jb\u{fffd}c"),
        ] {
            assert_eq!(cut(text, columns), shown, "{text:?} {columns}");
        }
    }

    /// A terminal that remembers what was written.
    #[derive(Clone, Default)]
    struct Terminal(Arc<Mutex<Vec<u8>>>);

    impl Write for Terminal {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn state(terminal: &Terminal, width: usize) -> State {
        State {
            terminal: Box::new(terminal.clone()),
            width,
            cancel: Arc::new(Cancel::new()),
            drawn: String::new(),
            done: 2,
            failed: 0,
            total: 7,
            running: Vec::new(),
            is_over: false,
        }
    }

    #[test]
    fn the_slowest_run_is_named() {
        let terminal = Terminal::default();
        let mut state = state(&terminal, 80);
        let file = FileName::new("a.tftest.hcl");
        let now = Instant::now();
        assert_eq!(state.text(now), "");
        state.begin(file.clone(), Some("slow".into()));
        state.begin(file.clone(), Some("quick".into()));
        let later = Instant::now() + Duration::from_secs(3);
        assert_eq!(state.text(later), "  2/7 runs, 3s in a.tftest.hcl::slow and 1 more");
        state.end(&file, Some(&"slow".into()));
        state.failed = 1;
        state.cancel.stop();
        assert_eq!(state.text(later), "  2/7 runs, 1 failed, 3s in a.tftest.hcl::quick, stopping after this");
        state.end(&file, Some(&"quick".into()));
        state.begin(file.clone(), None);
        let text = state.text(Instant::now());
        assert_eq!(text, "  2/7 runs, 1 failed, 0s tearing down a.tftest.hcl, stopping after this");
    }

    #[test]
    fn what_stands_there_is_drawn_once_and_taken_away() {
        let terminal = Terminal::default();
        let mut state = state(&terminal, 12);
        state.begin(FileName::new("a.tftest.hcl"), None);
        let now = Instant::now();
        state.draw(now);
        state.draw(now);
        state.clear();
        state.clear();
        let written = String::from_utf8(terminal.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written, "\r\x1b[K\x1b[90m  2/7 runs,\x1b[0m\r\x1b[K");
    }

    #[test]
    fn the_thread_ends_with_it() {
        let terminal = Terminal::default();
        let mut progress = Progress::on(Box::new(terminal.clone()), 80, Arc::new(Cancel::new()));
        progress.event(Event::TeardownStarted { file: FileName::new("a.tftest.hcl") });
        let printed = progress.line().without(|| 5);
        assert_eq!(printed, 5);
        drop(progress);
        let written = terminal.0.lock().unwrap().clone();
        assert!(written.is_empty() || written.ends_with(b"\r\x1b[K"), "{written:?}");
    }
}
