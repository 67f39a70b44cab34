//! What became of conditions, block by block.

use config::InstanceKey;
use engine::{CheckResults, CheckableObject};

use super::super::{Fields, list, mode, text};
use crate::show::node::{Kind, Node};

/// `None` where there are no conditions.
pub(super) fn node(results: &CheckResults) -> Option<Node> {
    let mut blocks: Vec<(String, Node)> = Vec::new();
    for (addr, block) in results.blocks() {
        let module = addr.module.iter().map(|call| format!("module.{call}")).collect::<Vec<_>>().join(".");
        let name = shown(&addr.object);
        let display = if module.is_empty() { name } else { format!("{module}.{name}") };
        let mut address = Fields::default();
        address.set("to_display", text(&display));
        describe(&addr.object, &mut address);
        if !module.is_empty() {
            address.set("module", text(&module));
        }
        let mut instances: Vec<(String, Node)> = Vec::new();
        for (object, result) in block.objects.iter().flatten() {
            let display = object.to_string();
            let mut address = Fields::default();
            address.set("to_display", text(&display));
            if !object.module.is_root() {
                address.set("module", text(&object.module.to_string()));
            }
            match &object.object {
                CheckableObject::Resource(_, InstanceKey::String(key)) => {
                    address.set("instance_key", text(key))
                }
                CheckableObject::Resource(_, InstanceKey::Int(index)) => {
                    address.set("instance_key", Node::new(Kind::Number(index.to_string())));
                }
                _ => {}
            }
            let mut fields = Fields::default();
            fields.set("address", address.node());
            fields.set("status", text(result.status.word()));
            if !result.messages.is_empty() {
                let problem = |message: &String| {
                    let mut problem = Fields::default();
                    problem.set("message", text(message));
                    problem.node()
                };
                fields.set("problems", list(result.messages.iter().map(problem)));
            }
            instances.push((display, fields.node()));
        }
        instances.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut fields = Fields::default();
        fields.set("address", address.node());
        fields.set("status", text(block.status.word()));
        if !instances.is_empty() {
            fields.set("instances", list(instances.into_iter().map(|(_, node)| node)));
        }
        blocks.push((display, fields.node()));
    }
    blocks.sort_by(|(a, _), (b, _)| a.cmp(b));
    (!blocks.is_empty()).then(|| list(blocks.into_iter().map(|(_, node)| node)))
}

fn shown(object: &CheckableObject) -> String {
    match object {
        CheckableObject::Resource(addr, _) => addr.to_string(),
        other => other.to_string(),
    }
}

fn describe(object: &CheckableObject, fields: &mut Fields) {
    let (kind, name) = match object {
        CheckableObject::Variable(name) => ("var", name),
        CheckableObject::Output(name) => ("output_value", name),
        CheckableObject::Check(name) => ("check", name),
        CheckableObject::Resource(addr, _) => {
            fields.set("mode", mode(addr.mode));
            fields.set("type", text(&addr.kind));
            ("resource", &addr.name)
        }
    };
    fields.set("kind", text(kind));
    fields.set("name", text(name));
}
