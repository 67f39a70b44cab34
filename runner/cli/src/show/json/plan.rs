//! A plan as JSON.

use config::{InstanceKey, ResourceInstance};
use engine::{
    Deed, ImportedBy, OutputDeed, Plan, PlannedOutput, PlannedResource, WhyDeleted, WhyRead, WhyReplaced,
};
use lang::{Path, Value, path};

use super::super::node::{Kind, Node};
use super::super::plan::in_order;
use super::{Fields, PLAN_FORMAT, identity, list, shape, text, truth};

/// The fields of a plan: what becomes of every object and every output.
pub(super) fn fields(plan: &Plan) -> Fields {
    let mut fields = changes(plan);
    fields.set("plan_format_version", text(PLAN_FORMAT));
    fields
}

/// The same without the form that they have.
pub(super) fn changes(plan: &Plan) -> Fields {
    let mut fields = Fields::default();
    let mut outputs = Fields::default();
    for (name, planned) in &plan.outputs {
        outputs.set(name, output(planned));
    }
    if !outputs.is_empty() {
        fields.set("output_changes", outputs.node());
    }
    if !plan.resources.is_empty() {
        fields.set("resource_changes", list(in_order(plan).into_iter().map(resource)));
    }
    if !plan.relevant.is_empty() {
        fields.set("relevant_attributes", list(plan.relevant.iter().map(relevant)));
    }
    fields
}

pub(super) fn relevant((addr, path): &(ResourceInstance, Path)) -> Node {
    let mut fields = Fields::default();
    fields.set("resource", text(&addr.to_string()));
    fields.set("attribute", path_node(path));
    fields.node()
}

fn output(planned: &PlannedOutput) -> Node {
    let action = match planned.deed() {
        OutputDeed::Create => "create",
        OutputDeed::Update => "update",
        OutputDeed::Keep => "no-op",
        OutputDeed::Delete => "delete",
    };
    let (before, after) = (node(planned.before.as_ref()), node(planned.after.as_ref()));
    let mut change = Fields::default();
    change.set("actions", list([text(action)]));
    let unknown = if after.is_wholly_known() { truth(false) } else { shape::unknown(&after) };
    change.set("after_unknown", unknown);
    // Whether it was or will be sensitive is one fact.
    let sensitive = before.sensitive || after.sensitive;
    change.set("before_sensitive", truth(sensitive));
    change.set("after_sensitive", truth(sensitive));
    change.set("before", before);
    if let Some(after) = shape::known(&after) {
        change.set("after", after);
    }
    change.node()
}

fn resource(planned: &PlannedResource) -> Node {
    let addr = &planned.addr;
    let mut fields = identity(addr, &planned.provider);
    if !addr.module.is_root() {
        fields.set("module_address", text(&addr.module.to_string()));
    }
    if let Some(from) = &planned.moved_from {
        fields.set("previous_address", text(&from.to_string()));
    }
    fields.set("change", change(planned));
    if let Some(reason) = reason(planned) {
        fields.set("action_reason", text(reason));
    }
    fields.node()
}

fn change(planned: &PlannedResource) -> Node {
    let actions: &[&str] = match planned.deed {
        Deed::Create => &["create"],
        Deed::Update => &["update"],
        Deed::Read(_) => &["read"],
        Deed::Keep => &["no-op"],
        Deed::Forget => &["forget"],
        Deed::Replace { create_first: false, .. } => &["delete", "create"],
        Deed::Replace { create_first: true, .. } => &["create", "delete"],
        Deed::Delete(_) => &["delete"],
    };
    // What is forgotten is as it was, and not there.
    let left = if planned.deed == Deed::Forget { None } else { Some(&planned.after) };
    let (before, after) = (node(Some(&planned.before)), node(left));
    let mut change = Fields::default();
    change.set("actions", list(actions.iter().map(|action| text(action))));
    let nothing = Fields::default().node();
    let unknown = if after.is_wholly_known() { nothing } else { shape::unknown(&after) };
    change.set("after_unknown", unknown);
    change.set("before_sensitive", shape::sensitive(&planned.before));
    change.set("after_sensitive", left.map_or(truth(false), shape::sensitive));
    change.set("before", before);
    if let Some(after) = shape::known(&after) {
        change.set("after", after);
    }
    if !planned.forced_by.is_empty() {
        let paths = planned.forced_by.iter().map(|forced_by| path_node(&forced_by.path));
        change.set("replace_paths", list(paths));
    }
    if let Some(by) = &planned.imported {
        let mut importing = Fields::default();
        match by {
            ImportedBy::Id(id) => importing.set("id", text(id)),
            ImportedBy::Identity(identity) => importing.set("identity", Node::of(identity)),
        }
        change.set("importing", importing.node());
    }
    change.node()
}

fn node(value: Option<&Value>) -> Node {
    value.map_or(Node::new(Kind::Null), Node::of)
}

fn path_node(path: &Path) -> Node {
    list(path.0.iter().map(|step| match step {
        path::Step::Attr(name) => text(name),
        path::Step::Index(key) => Node::of(key),
    }))
}

fn reason(planned: &PlannedResource) -> Option<&'static str> {
    Some(match planned.deed {
        Deed::Create | Deed::Update | Deed::Keep => return None,
        Deed::Forget => "delete_because_no_resource_config",
        Deed::Read(WhyRead::Unknown) => "read_because_config_unknown",
        Deed::Read(WhyRead::Pending) => "read_because_dependency_pending",
        Deed::Read(WhyRead::Checked) => "read_because_check_nested",
        Deed::Replace { why, .. } => match why {
            WhyReplaced::CannotUpdate => "replace_because_cannot_update",
            WhyReplaced::Requested => "replace_by_request",
            WhyReplaced::Triggered => "replace_by_triggers",
            WhyReplaced::Tainted => "replace_because_tainted",
        },
        Deed::Delete(why) => match (why, &planned.addr.key) {
            (WhyDeleted::NoModule, _) => "delete_because_no_module",
            (WhyDeleted::NoResource, _) if planned.moved_from.is_some() => "delete_because_no_move_target",
            (WhyDeleted::NoResource, _) => "delete_because_no_resource_config",
            (WhyDeleted::NoSuchKey, InstanceKey::Int(_)) => "delete_because_count_index",
            (WhyDeleted::NoSuchKey, InstanceKey::String(_)) => "delete_because_each_key",
            (WhyDeleted::WrongRepetition, _) | (WhyDeleted::NoSuchKey, InstanceKey::None) => {
                "delete_because_wrong_repetition"
            }
        },
    })
}
