//! One run block: graph, plan, apply, destroy, state, conditions, assertions, expected failures.
//!
//! The engine is synchronous and deterministic. It knows nothing of files that hold many runs, of printing or of
//! editors, and reaches the world only through [`Host`].

mod agenda;
mod asserts;
mod change;
mod checks;
mod conditions;
mod deprecation;
mod destroy;
mod evaluation;
mod expected;
mod finding;
mod given;
mod host;
mod input;
mod lookup;
mod overrides;
mod phase;
mod planned;
mod pool;
mod program;
mod provider_instances;
mod provisioners;
mod refactoring;
mod refusal;
mod relevant;
mod remote;
mod reports;
mod run;
mod schedule;
mod state;
mod status;
mod test_provider;
mod timings;
mod validation;
mod walk;

pub use agenda::Agenda;
pub use change::{ForcedBy, ImportedBy};
pub use checks::{CheckResults, CheckStatus, CheckedBlock, CheckedObject, ConfigCheckable};
pub use destroy::{DestroyOutcome, DestroyRequest, destroy};
pub use evaluation::{Evaluation, EvaluationRequest};
pub use finding::{Checkable, CheckableObject};
pub use given::given_value;
pub use host::{Cancel, CommandEnd, Host, LocalCommand, Pulse};
pub use input::{GivenValue, RunValues, VariableInput, VariableSource, parse_variable_text};
pub use overrides::{FileMocks, Lingering};
pub use planned::{Deed, OutputDeed, Plan, PlannedOutput, PlannedResource, WhyDeleted, WhyRead, WhyReplaced};
pub use pool::Pool;
pub use program::Program;
pub use program::cycles::find_cycles;
pub use provider_instances::{InstancesRequest, ProviderInstances, Unset};
pub use remote::{Connection, Login, Material, Platform, Proxy, RemoteAction, RemoteTask, Ssh, WinRm};
pub use run::{RunOutcome, RunRequest, check_block, run_block};
pub use state::{DeposedKey, InstanceObjects, Instances, Object, State};
pub use status::{AssertOutcome, Status, Verdict};
pub use test_provider::{TestProviderRequest, configure_test_provider};
pub use timings::Timings;
pub use validation::{ValidationRequest, validate_module};
pub use walk::{Sources, TestProviders};
