//! Messages beyond the protocol: the testing API that test explorers use, shaped after Deno's.
//!
//! A client that speaks them says so with `"testingApi": true` among its experimental capabilities.

use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::{Location, Range, Url};

/// What `runblock.run` takes as its only argument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct RunArguments {
    pub uri: Url,
    /// The name of one run block; the whole file without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What `runblock.run` returns: the verdict and its counts. Runs that only prepared the selected one count too.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct RunSummary {
    pub status: Status,
    pub passed: usize,
    pub failed: usize,
    pub errored: usize,
    pub skipped: usize,
}

/// A verdict, in the words of Terraform's JSON stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    #[default]
    Pending,
    Skip,
    Pass,
    Fail,
    Error,
}

/// `runblock/testModule`, server to client: the run blocks of one test file, whenever they change.
pub enum TestModule {}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestModuleParams {
    pub text_document: TestDocument,
    /// The file's name as a test explorer shows it, relative to its workspace folder.
    pub label: String,
    pub tests: Vec<TestData>,
}

/// A test file and the document version that the ranges are of; no version for a file that is not open.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestDocument {
    pub uri: Url,
    pub version: Option<i32>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestData {
    /// Stable across edits and sessions; the same as on the command line.
    pub id: String,
    pub label: String,
    pub range: Range,
}

impl Notification for TestModule {
    type Params = TestModuleParams;
    const METHOD: &'static str = "runblock/testModule";
}

/// `runblock/testRun`, client to server: run what is included, or every known test file.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestRunParams {
    /// Chosen by the client; progress and cancellation refer to it.
    pub id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<TestIdentifier>>,
}

/// A file, or one run block of it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestIdentifier {
    pub uri: Url,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// What the server enqueued for a `runblock/testRun`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestRunResponse {
    pub enqueued: Vec<EnqueuedTests>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct EnqueuedTests {
    pub uri: Url,
    pub ids: Vec<String>,
}

/// `runblock/testRunCancel`, client to server.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestRunCancelParams {
    pub id: u32,
}

/// `runblock/testRunProgress`, server to client.
pub enum TestRunProgress {}

#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct TestRunProgressParams {
    pub id: u32,
    pub message: TestRunMessage,
}

#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum TestRunMessage {
    Started {
        test: TestIdentifier,
    },
    Passed {
        test: TestIdentifier,
        duration: u64,
        version: Option<i32>,
    },
    Failed {
        test: TestIdentifier,
        messages: Vec<TestMessage>,
        duration: u64,
        version: Option<i32>,
    },
    Errored {
        test: TestIdentifier,
        messages: Vec<TestMessage>,
        duration: u64,
        version: Option<i32>,
    },
    Skipped {
        test: TestIdentifier,
    },
    /// Text for the explorer's output pane.
    Output {
        value: String,
    },
    End,
}

/// Why a run failed, and where.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct TestMessage {
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

impl Notification for TestRunProgress {
    type Params = TestRunProgressParams;
    const METHOD: &'static str = "runblock/testRunProgress";
}
