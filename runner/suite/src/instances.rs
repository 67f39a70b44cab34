//! What the provider configurations of a suite's modules are repeated for. OpenTofu finds that out before the first run
//! begins, from values from outside alone: what runs and files say of the module under test does not count.

use std::collections::BTreeMap;

use config::{Dialect, Files, Item, Run, TestFile};
use engine::{
    Cancel, GivenValue, Host, InstancesRequest, Program, ProviderInstances, Unset, VariableInput,
    VariableSource,
};
use syntax::{Diagnostics, SmolStr};

use crate::load::Loaded;
use crate::outside::Outside;
use crate::request::Request;

/// Those of the module under test, by dialect, and those of runs that execute other modules, by file and index.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    tested: Vec<(Dialect, ProviderInstances)>,
    of_runs: BTreeMap<(SmolStr, usize), ProviderInstances>,
    none: ProviderInstances,
}

/// What the modules are loaded with.
struct Loading<'a> {
    request: &'a Request,
    outside: &'a Outside,
    files: &'a dyn Files,
    host: &'a dyn Host,
    cancel: &'a Cancel,
}

impl Loaded {
    /// Finds out what all of them are repeated for. With an error among the diagnostics, nothing must be executed.
    pub(crate) fn repeat_providers(
        &mut self,
        request: &Request,
        outside: &Outside,
        files: &dyn Files,
        host: &dyn Host,
        cancel: &Cancel,
    ) -> Diagnostics {
        let mut found = Diagnostics::new();
        let loading = Loading { request, outside, files, host, cancel };
        let mut instances = Instances::default();
        if !self.programs().any(Program::repeats_providers) {
            return found;
        }
        for file in self.test_files() {
            let Some(tested) = self.tested(file) else { continue };
            let given = loading.given(file, tested, &mut found);
            if tested.repeats_providers() && !instances.tested.iter().any(|known| known.0 == file.dialect) {
                let (of_tested, mut wrong) =
                    ProviderInstances::new(&loading.tested(tested, &given), host, cancel);
                // What two dialects find is one mistake.
                wrong.retain(|diagnostic| !found.contains(diagnostic));
                found.extend(wrong);
                instances.tested.push((file.dialect, of_tested));
            }
            for (index, run) in file.runs.iter().enumerate().filter(|(_, run)| run.module.is_some()) {
                let program = self.program(file, &run).filter(|program| program.repeats_providers());
                if let Some(program) = program {
                    let of_run = loading.of_run((file, &run), program, tested, &given, &mut found);
                    instances.of_runs.insert((file.name.as_str().into(), index), of_run);
                }
            }
        }
        self.instances = instances;
        found
    }

    /// Those of what a run executes.
    pub(crate) fn instances(&self, file: &TestFile, run: usize) -> &ProviderInstances {
        let Instances { tested, of_runs, none } = &self.instances;
        if file.runs.decl(run).is_some_and(|run| run.module.is_some()) {
            return of_runs.get(&(file.name.as_str().into(), run)).unwrap_or(none);
        }
        tested.iter().find(|known| known.0 == file.dialect).map_or(none, |(_, of_tested)| of_tested)
    }
}

impl<'a> Loading<'a> {
    /// The values from outside, as the module under test takes them.
    fn given(
        &self,
        file: &TestFile,
        tested: &Program,
        sink: &mut Diagnostics,
    ) -> BTreeMap<SmolStr, VariableInput> {
        let mut values = BTreeMap::new();
        for (name, variable) in &tested.root().variables {
            let Some(given) = self.outside.get(file, name) else { continue };
            let mut wrong = Diagnostics::new();
            let value = given.value(name, Some(variable), self.host.files(), &mut wrong);
            wrong.retain(|diagnostic| !sink.contains(diagnostic));
            sink.extend(wrong);
            values.insert(
                name.clone(),
                VariableInput { value: GivenValue::Value(value), source: given.source() },
            );
        }
        values
    }

    fn tested<'r>(
        &'r self,
        program: &'r Program,
        variables: &'r BTreeMap<SmolStr, VariableInput>,
    ) -> InstancesRequest<'r> {
        InstancesRequest {
            program,
            variables,
            unset: Unset::Asked,
            path: &[],
            workspace: &self.request.workspace,
            files: self.files,
        }
    }

    /// A run's own module takes what the run says, as the module under test understands it, and its own defaults.
    fn of_run(
        &self,
        (file, run): (&TestFile, &Item<Run>),
        program: &Program,
        tested: &Program,
        given: &BTreeMap<SmolStr, VariableInput>,
        sink: &mut Diagnostics,
    ) -> ProviderInstances {
        let path = path_of(&self.request.directory, file, &run.name);
        let prefix: String = path.iter().map(|part| format!("module.{part}.")).collect();
        let prefix = prefix.trim_end_matches('.');
        let in_tested = self.tested(tested, given);
        let mut variables = BTreeMap::new();
        for name in program.root().variables.keys() {
            let Some(said) = run.variables.get(name) else { continue };
            let asked = format!("{prefix}:var.{name}");
            let expr = (&said.value, &run.origin);
            let value = ProviderInstances::value(&in_tested, expr, asked, self.host, self.cancel, sink);
            if let Some(value) = value {
                let source = VariableSource::Test(said.value.location(&run.origin));
                variables.insert(name.clone(), VariableInput { value: GivenValue::Value(value), source });
            }
        }
        let request = InstancesRequest {
            program,
            variables: &variables,
            unset: Unset::Unknown,
            path: &path,
            ..in_tested
        };
        let (instances, found) = ProviderInstances::new(&request, self.host, self.cancel);
        sink.extend(found);
        instances
    }
}

/// The names under which the module of a run is loaded: those of the file's directories, of the file, and of the run.
fn path_of(directory: &str, file: &TestFile, run: &SmolStr) -> Vec<SmolStr> {
    let name = file.name.as_str();
    let below = name.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
    let below = below.strip_suffix(".tftest.hcl").unwrap_or(below);
    let parts = below.split('/').map(SmolStr::from);
    std::iter::once("test".into()).chain(parts).chain([run.clone()]).collect()
}
