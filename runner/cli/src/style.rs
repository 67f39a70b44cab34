//! Terminal colours, byte for byte as Terraform writes them, or not at all.

/// Turns named styles into escape sequences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Paint {
    enabled: bool,
}

impl Paint {
    pub(crate) fn new(enabled: bool) -> Paint {
        Paint { enabled }
    }

    /// One text in one style.
    pub(crate) fn is_on(self) -> bool {
        self.enabled
    }

    pub(crate) fn word(self, style: &str, text: &str) -> String {
        self.format(&[(style, text), ("reset", "")])
    }

    /// Each text under its style; `""` is no change. A coloured result always ends in a reset.
    pub(crate) fn format(self, parts: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut touched = false;
        for (style, text) in parts {
            if let (true, Some(code)) = (self.enabled, code(style)) {
                out.push_str("\x1b[");
                out.push_str(code);
                out.push('m');
                touched = true;
            }
            out.push_str(text);
        }
        if touched {
            out.push_str("\x1b[0m");
        }
        out
    }
}

fn code(style: &str) -> Option<&'static str> {
    Some(match style {
        "reset" => "0",
        "bold" => "1",
        "underline" => "4",
        "red" => "31",
        "green" => "32",
        "yellow" => "33",
        "cyan" => "36",
        "light_gray" => "37",
        "dark_gray" => "90",
        _ => return None,
    })
}
