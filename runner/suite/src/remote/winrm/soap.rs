//! The messages of WS-Management, as far as commands need them: what is asked, and what is read of an answer.

use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
const MANAGEMENT: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
const WINDOWS_MANAGEMENT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
const SHELL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";

/// More than this no answer may be, in bytes: that of Windows Server 2012 and before.
const LONGEST_ANSWER: u32 = 153_600;

/// What the machine is asked to do. Shells and commands are named as it named them.
#[derive(Clone, Copy)]
pub(super) enum Request<'a> {
    /// A shell, in which commands run one after the other.
    Create,
    Command {
        shell: &'a str,
        line: &'a str,
    },
    /// What a command has written since the last time, and whether it has ended.
    Receive {
        shell: &'a str,
        command: &'a str,
    },
    /// Ends a command, if it has not ended yet, and forgets it.
    Terminate {
        shell: &'a str,
        command: &'a str,
    },
    Delete {
        shell: &'a str,
    },
}

/// How long an answer may take, and how the message is told from others.
#[derive(Clone, Copy)]
pub(super) struct Envelope<'a> {
    pub(super) url: &'a str,
    /// A duration of ISO 8601.
    pub(super) timeout: &'a str,
    /// A UUID, another one for each message.
    pub(super) id: &'a str,
}

/// What an answer says. What it does not say is empty.
#[derive(Default, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) shell: Option<String>,
    pub(super) command: Option<String>,
    /// Whether the command has ended.
    pub(super) done: bool,
    exit_code: String,
    /// Why the machine did not do what it was asked for.
    pub(super) fault: Option<String>,
    /// Whether the fault is only that there was nothing to tell in the time.
    pub(super) timed_out: bool,
}

impl Request<'_> {
    /// Whether it does nothing but tidy up, so that nobody minds when it is refused.
    pub(super) fn tidies_up(self) -> bool {
        matches!(self, Request::Terminate { .. } | Request::Delete { .. })
    }

    /// The whole message.
    pub(super) fn message(self, envelope: Envelope<'_>) -> String {
        let Envelope { url, timeout, id } = envelope;
        let (action, options, body) = self.parts();
        let selector = match self.shell() {
            None => String::new(),
            Some(shell) => format!(
                "<w:SelectorSet><w:Selector Name=\"ShellId\">{}</w:Selector></w:SelectorSet>",
                escape(shell)
            ),
        };
        let options = match options {
            [] => String::new(),
            options => {
                let option =
                    |(name, value): &(&str, &str)| format!("<w:Option Name=\"{name}\">{value}</w:Option>");
                format!("<w:OptionSet>{}</w:OptionSet>", options.iter().map(option).collect::<String>())
            }
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <s:Envelope xmlns:s=\"{SOAP}\" xmlns:a=\"{ADDRESSING}\" xmlns:w=\"{MANAGEMENT}\" \
             xmlns:p=\"{WINDOWS_MANAGEMENT}\" xmlns:rsp=\"{SHELL}\"><s:Header><a:To>{}</a:To>\
             <a:ReplyTo><a:Address s:mustUnderstand=\"true\">{ADDRESSING}/role/anonymous</a:Address></a:ReplyTo>\
             <w:MaxEnvelopeSize s:mustUnderstand=\"true\">{LONGEST_ANSWER}</w:MaxEnvelopeSize>\
             <w:OperationTimeout>{timeout}</w:OperationTimeout><a:MessageID>uuid:{id}</a:MessageID>\
             <w:Locale s:mustUnderstand=\"false\" xml:lang=\"en-US\"/>\
             <p:DataLocale s:mustUnderstand=\"false\" xml:lang=\"en-US\"/>\
             <a:Action s:mustUnderstand=\"true\">{action}</a:Action>{selector}\
             <w:ResourceURI s:mustUnderstand=\"true\">{SHELL}/cmd</w:ResourceURI>{options}</s:Header>\
             <s:Body>{body}</s:Body></s:Envelope>",
            escape(url)
        )
    }

    fn shell(self) -> Option<String> {
        match self {
            Request::Create => None,
            Request::Command { shell, .. }
            | Request::Receive { shell, .. }
            | Request::Terminate { shell, .. }
            | Request::Delete { shell } => Some(shell.to_owned()),
        }
    }

    /// The action, the options and the body. Text that the machine writes is to be UTF-8, which is code page 65001.
    fn parts(self) -> (String, &'static [(&'static str, &'static str)], String) {
        match self {
            Request::Create => (
                format!("{TRANSFER}/Create"),
                &[("WINRS_NOPROFILE", "FALSE"), ("WINRS_CODEPAGE", "65001")],
                "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>\
                 <rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
                    .to_owned(),
            ),
            Request::Command { line, .. } => (
                format!("{SHELL}/Command"),
                &[("WINRS_CONSOLEMODE_STDIN", "TRUE"), ("WINRS_SKIP_CMD_SHELL", "FALSE")],
                format!("<rsp:CommandLine><rsp:Command>{}</rsp:Command></rsp:CommandLine>", escape(line)),
            ),
            Request::Receive { command, .. } => (
                format!("{SHELL}/Receive"),
                &[],
                format!(
                    "<rsp:Receive><rsp:DesiredStream CommandId=\"{}\">stdout stderr</rsp:DesiredStream></rsp:Receive>",
                    escape(command)
                ),
            ),
            Request::Terminate { command, .. } => (
                format!("{SHELL}/Signal"),
                &[],
                format!(
                    "<rsp:Signal CommandId=\"{}\"><rsp:Code>{SHELL}/signal/terminate</rsp:Code></rsp:Signal>",
                    escape(command)
                ),
            ),
            Request::Delete { .. } => (format!("{TRANSFER}/Delete"), &[], String::new()),
        }
    }
}

/// An element whose text is of interest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Shell,
    Command,
    ExitCode,
    Reason,
    Detail,
}

impl Answer {
    /// Reads an answer, from its elements wherever they stand. `Err` says in Go's words what is no XML.
    pub(super) fn parse(text: &str) -> Result<Answer, String> {
        if text.trim().is_empty() {
            return Err("EOF".to_owned());
        }
        let mut reader = NsReader::from_str(text);
        let mut answer = Answer::default();
        let mut fault = false;
        let mut place = None;
        let mut depth = 0usize;
        loop {
            let event = match reader.read_resolved_event() {
                Ok(event) => event,
                Err(error) => {
                    let read = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
                    let line = 1 + text.bytes().take(read).filter(|byte| *byte == b'\n').count();
                    let why = match error {
                        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                            format!("element <{expected}> closed by </{found}>")
                        }
                        error => error.to_string(),
                    };
                    return Err(format!("XML syntax error on line {line}: {why}"));
                }
            };
            match event {
                (namespace, Event::Start(element)) => {
                    depth += 1;
                    place = answer.enter(&namespace, &element);
                    fault |= is(&namespace, &element, SOAP, "Fault");
                }
                (namespace, Event::Empty(element)) => {
                    answer.enter(&namespace, &element);
                    place = None;
                }
                (_, Event::Text(part)) => {
                    answer.take(place, &part.decode().unwrap_or_default());
                }
                (_, Event::CData(part)) => answer.take(place, &part.decode().unwrap_or_default()),
                (_, Event::GeneralRef(part)) => {
                    let named = format!("&{};", part.decode().unwrap_or_default());
                    answer.take(place, &unescape(&named).unwrap_or_default());
                }
                (_, Event::End(_)) => {
                    depth = depth.saturating_sub(1);
                    place = None;
                }
                (_, Event::Eof) if depth > 0 => {
                    let line = 1 + text.matches('\n').count();
                    return Err(format!("XML syntax error on line {line}: unexpected EOF"));
                }
                (_, Event::Eof) => break,
                _ => {}
            }
        }
        if fault && answer.fault.is_none() {
            answer.fault = Some("the machine does not say why".to_owned());
        }
        Ok(answer)
    }

    /// What the command ended with: 0 where that is no number, as Terraform has it.
    pub(super) fn exit_code(&self) -> i64 {
        self.exit_code.trim().parse().unwrap_or_default()
    }

    fn enter(&mut self, namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Option<Place> {
        let attribute = |name: &str| {
            let found = element.try_get_attribute(name).ok().flatten()?;
            Some(String::from_utf8_lossy(&found.value).into_owned())
        };
        if attribute("State").is_some_and(|state| state == format!("{SHELL}/CommandState/Done")) {
            self.done = true;
        }
        let here = |space: &str, name: &str| is(namespace, element, space, name);
        if here(MANAGEMENT, "Selector") && attribute("Name").as_deref() == Some("ShellId") {
            self.shell = Some(String::new());
            return Some(Place::Shell);
        }
        if here(SHELL, "CommandId") {
            self.command = Some(String::new());
            return Some(Place::Command);
        }
        if here(SHELL, "ExitCode") {
            self.exit_code.clear();
            return Some(Place::ExitCode);
        }
        if here(SOAP, "Text") {
            self.fault = Some(String::new());
            return Some(Place::Reason);
        }
        here(MANAGEMENT, "FaultDetail").then_some(Place::Detail)
    }

    fn take(&mut self, place: Option<Place>, text: &str) {
        let into = match place {
            Some(Place::Shell) => self.shell.get_or_insert_default(),
            Some(Place::Command) => self.command.get_or_insert_default(),
            Some(Place::ExitCode) => &mut self.exit_code,
            Some(Place::Reason) => self.fault.get_or_insert_default(),
            Some(Place::Detail) => {
                self.timed_out |= text.ends_with("/OperationTimeout");
                return;
            }
            None => return,
        };
        into.push_str(text);
    }
}

fn is(namespace: &ResolveResult<'_>, element: &BytesStart<'_>, space: &str, name: &str) -> bool {
    let bound = matches!(namespace, ResolveResult::Bound(Namespace(bound)) if *bound == space.as_bytes());
    bound && element.local_name().as_ref() == name.as_bytes()
}
