//! Whose output a reporter writes: the words and forms in which tools and versions differ.

use config::{Dialect, Feature, Tool};

/// A dialect, as reporters ask it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Voice {
    pub(crate) dialect: Dialect,
}

impl Voice {
    /// The tool, whose name texts have.
    pub(crate) fn tool(self) -> Tool {
        self.dialect.tool
    }

    /// The tool's name in machine-readable output.
    pub(crate) fn key(self) -> &'static str {
        self.dialect.tool.command()
    }

    /// `@module` of the JSON stream.
    pub(crate) fn module(self) -> &'static str {
        match self.dialect.tool {
            Tool::Terraform => "terraform.ui",
            Tool::OpenTofu => "tofu.ui",
        }
    }

    /// The version of the JSON stream's form.
    pub(crate) fn ui_version(self) -> &'static str {
        if self.dialect.has(Feature::JsonForm13) { "1.3" } else { "1.2" }
    }

    /// OpenTofu says nothing of a file before it is over, and nothing of progress.
    pub(crate) fn is_tofu(self) -> bool {
        self.dialect.tool == Tool::OpenTofu
    }

    /// What is said to the first and the second interrupt.
    pub(crate) fn interrupt(self, hard: bool) -> String {
        if hard {
            return "\nTwo interrupts received. Exiting immediately. Note that data loss may have occurred.\n"
                .to_owned();
        }
        let tool = self.tool();
        format!(
            "\nInterrupt received.\nPlease wait for {tool} to exit or data loss may occur.\n\
             Gracefully shutting down...\n"
        )
    }

    /// How what could not be destroyed is introduced for people. `who` is `FILE/RUN`.
    pub(crate) fn left(self, who: &str) -> String {
        let (tool, where_from) = (self.tool(), self.left_in_file().unwrap_or(", and they"));
        format!(
            "{tool} left the following resources in state after executing {who}{where_from} need to be cleaned up manually:"
        )
    }

    /// The same in one line for machines.
    pub(crate) fn left_in_json(self, who: &str) -> String {
        let (where_from, end) = self.left_in_file().map_or((", they", '.'), |text| (text, ':'));
        let tool = self.tool();
        format!(
            "{tool} left some resources in state after executing {who}{where_from} need to be cleaned up manually{end}"
        )
    }

    /// The file that OpenTofu writes a state to which it could not empty.
    fn left_in_file(self) -> Option<&'static str> {
        self.dialect.has(Feature::LeftStateFile).then_some(
            ", these left-over resources can be viewed by reading the statefile written to disk(errored_test.tfstate) \
             and they",
        )
    }
}
