//! JUnit files as they are read: the test suites in one, each to the letter, with how long its cases took.

use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A `testsuite` element that is in no other one.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct TestSuite {
    /// The test file, in what Terraform and this tool write.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) time: Duration,
}

/// An element whose end has not come yet.
struct Open {
    start: usize,
    /// How many elements are open around it.
    depth: usize,
    name: String,
    time: Duration,
}

/// The suites of a file, in its order.
///
/// # Errors
/// Why the text is no JUnit file, to be read after "because".
pub(crate) fn read(text: &str) -> Result<Vec<TestSuite>, String> {
    let mut reader = Reader::from_str(text);
    let mut suites = Vec::new();
    let mut open: Option<Open> = None;
    let (mut depth, mut is_junit) = (0_usize, false);
    loop {
        let start = position(&reader);
        let event = reader.read_event().map_err(|error| format!("it is no XML: {error}"))?;
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let kind = element.name();
                is_junit |= matches!(kind.as_ref(), b"testsuites" | b"testsuite");
                if kind.as_ref() == b"testsuite" && open.is_none() {
                    let name = attribute(&element, "name").unwrap_or_default();
                    open = Some(Open { start, depth, name, time: Duration::ZERO });
                } else if kind.as_ref() == b"testcase"
                    && let Some(open) = &mut open
                {
                    open.time += seconds(&element);
                }
                depth += 1;
                if !is_empty {
                    continue;
                }
            }
            Event::End(_) => {}
            Event::Eof if is_junit => return Ok(suites),
            Event::Eof => return Err("it has no test suites".to_owned()),
            _ => continue,
        }
        // An element has ended.
        depth = depth.saturating_sub(1);
        if let Some(Open { start, name, time, .. }) = open.take_if(|open| open.depth == depth) {
            let text = text.get(start..position(&reader)).unwrap_or_default().to_owned();
            suites.push(TestSuite { name, text, time });
        }
    }
}

/// One file of several: all their suites, by name.
pub(crate) fn merged(mut suites: Vec<TestSuite>) -> String {
    suites.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><testsuites>".to_owned();
    for suite in &suites {
        out.push_str("\n  ");
        out.push_str(&suite.text);
    }
    if !suites.is_empty() {
        out.push('\n');
    }
    out + "</testsuites>"
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    attribute.unescape_value().ok().map(String::from)
}

/// A time that makes no sense is none.
fn seconds(element: &BytesStart<'_>) -> Duration {
    let seconds = attribute(element, "time").and_then(|text| text.parse().ok());
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><testsuites>\n  <testsuite name=\"b.tftest.hcl\">\n    \
        <testcase name=\"a\" time=\"1.5\"><failure><![CDATA[</testsuite>]]></failure></testcase>\n    \
        <testcase name=\"b\" time=\"4.3e-05\"></testcase>\n  </testsuite>\n</testsuites>";
    const TWO: &str = "<testsuite name=\"a&amp;\"/>";

    #[test]
    fn suites_are_kept_to_the_letter() {
        let suites = read(ONE).unwrap();
        assert_eq!(suites.len(), 1);
        assert_eq!(suites[0].name, "b.tftest.hcl");
        assert_eq!(suites[0].time, Duration::from_nanos(1_500_043_000));
        assert_eq!(merged(suites.clone()), ONE);
        let both = merged(suites.into_iter().chain(read(TWO).unwrap()).collect());
        assert!(
            both.contains(
                "<testsuites>\n  <testsuite name=\"a&amp;\"/>\n  <testsuite name=\"b.tftest.hcl\">"
            )
        );
        assert_eq!(read(&both).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_junit_file_is_refused() {
        assert_eq!(read("").unwrap_err(), "it has no test suites");
        assert_eq!(read("<html></html>").unwrap_err(), "it has no test suites");
        assert!(read("<testsuites><a></b>").unwrap_err().starts_with("it is no XML: "));
        assert!(read("<testsuites time=\"x\">").is_ok());
    }
}
