//! Where resources come from: the [`Provider`] trait, the provider that is built into the tool, what stands in for a
//! provider of which only the schemas are there, and mocks.
//!
//! Values that go through a provider carry no marks; the engine takes them off and puts them back. Nothing here
//! knows test files or editors.

mod answer;
mod builtin;
mod guess;
pub mod json;
mod mock;
mod request;
mod set;
mod stand_in;
mod store;

use std::sync::Arc;

use config::schema::provider::IdentitySchema;
use config::{ResourceMode, Schema};
use lang::functions::{FunctionError, ProvidedFunction};
use lang::{Dialect, Value};

pub use answer::{Answer, Imported, Object, Opened, Planned, Private, Renewed, Report};
pub use builtin::{Builtin, uuid_text};
pub use guess::Guess;
pub use mock::{Mock, MockDefaults, Replacement};
pub use request::{ApplyRequest, ImportBy, ImportRequest, MoveRequest, Outside, PlanRequest, ReadRequest};
pub use set::Providers;
pub use stand_in::{StandIn, Values, Wanted};
pub use store::{SCHEMA_DIRECTORY, SCHEMA_VARIABLE, SchemaFiles, SchemaStore};

/// A provider: what it offers, and what it does with objects. All calls are blocking, and any number of them may be
/// made at once.
///
/// Where a provider has no such type, or its types cannot do what is asked, the answer says so in its reports. The
/// default of a method is what a provider says that has nothing of the kind.
pub trait Provider: Send + Sync {
    /// Whether it may have to wait for something outside when it is asked. What waits is asked on a thread of its own.
    fn waits(&self) -> bool {
        true
    }

    /// The source address: `terraform.io/builtin/terraform`, `registry.terraform.io/hashicorp/aws`.
    fn address(&self) -> &str;

    /// The arguments of `provider` blocks.
    fn configuration(&self) -> &Schema;

    /// Whether modules may tell it about themselves, in `provider_meta` blocks.
    fn takes_meta(&self) -> bool {
        true
    }

    /// The arguments of a type; `None` when the provider has no such type.
    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema>;

    /// The types of one mode.
    fn kinds(&self, mode: ResourceMode) -> Vec<&str>;

    /// The functions that expressions can call as `provider::NAME::function`.
    fn functions(&self) -> &[ProvidedFunction] {
        &[]
    }

    /// Calls one of its functions; a provider need not be configured for that. Arguments have the types of the parameters
    /// and are as known as these ask for.
    ///
    /// # Errors
    ///
    /// What is wrong with an argument, or with the call.
    fn call(&self, function: &str, arguments: &[Value], dialect: Dialect) -> Result<Value, FunctionError> {
        let _ = (arguments, dialect);
        Err(FunctionError::Call(format!("the provider {} has no function {function}", self.address())))
    }

    /// What is wrong with a configuration of the provider, which may hold unknown values.
    fn validate_configuration(&self, config: &Value) -> Vec<Report> {
        let _ = config;
        Vec::new()
    }

    /// The provider as it serves with this configuration. Nothing but schemas and validation may be asked of one that
    /// has not been configured.
    fn configure(self: Arc<Self>, config: &Value) -> Answer<Arc<dyn Provider>>;

    /// What is wrong with the arguments of a resource, beyond what its schema says; they may hold unknown values. The
    /// provider that is part of the tool answers in its words.
    fn validate(&self, mode: ResourceMode, kind: &str, config: &Value, dialect: Dialect) -> Vec<Report> {
        let _ = (mode, kind, config, dialect);
        Vec::new()
    }

    /// An object as it is now; a null value when it is gone.
    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object>;

    /// What an object will become.
    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned>;

    /// Makes the planned object real. An object that was made in part comes with the errors.
    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object>;

    /// What a data source holds for these arguments, which are wholly known.
    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        let _ = (config, outside);
        Answer::refused(Report::unknown_kind(self.address(), ResourceMode::Data, kind))
    }

    /// What tells the objects of a resource type apart, besides their ids; `None` when nothing else does.
    fn identity(&self, kind: &str) -> Option<&IdentitySchema> {
        let _ = kind;
        None
    }

    /// The objects that an id or an identity stands for: the one that is asked for, and others that come with it. Nobody
    /// asks by an identity where there is none for the type.
    fn import(&self, request: &ImportRequest<'_>) -> Answer<Vec<Imported>> {
        Answer::refused(Report::unknown_kind(self.address(), ResourceMode::Managed, request.kind))
    }

    /// Whether it takes over objects of other types at all.
    fn moves_objects(&self) -> bool {
        false
    }

    /// An object of another type, possibly of another provider, as an object of a type of this one.
    fn move_object(&self, request: &MoveRequest<'_>) -> Answer<Object> {
        let detail = format!(
            "The provider {} does not support moving objects from the type {:?} to the type {:?}.",
            self.address(),
            request.from_kind,
            request.kind
        );
        Answer::refused(Report::error("Move of resource not supported", detail))
    }

    /// Opens an ephemeral resource.
    fn open(&self, kind: &str, config: &Value) -> Answer<Opened> {
        let _ = config;
        Answer::refused(Report::unknown_kind(self.address(), ResourceMode::Ephemeral, kind))
    }

    /// Keeps an ephemeral resource open for longer.
    fn renew(&self, kind: &str, private: &Private) -> Answer<Renewed> {
        let _ = private;
        Answer::refused(Report::unknown_kind(self.address(), ResourceMode::Ephemeral, kind))
    }

    /// Closes an ephemeral resource.
    fn close(&self, kind: &str, private: &Private) -> Vec<Report> {
        let _ = (kind, private);
        Vec::new()
    }
}
