//! Where the objects of a program are declared.

use syntax::Location;

use super::{Node, StaticModule};

/// The place of a node's name; `None` for what no declaration makes.
pub(super) fn place(modules: &[StaticModule], node: Node) -> Option<Location> {
    let module = |id: usize| modules.get(id).map(|module| &*module.tree.module);
    match node {
        Node::Variable(id, at) | Node::Validation(id, at) => {
            module(id)?.variables.get_index(at).map(|(_, it)| it.locate(it.name_span))
        }
        Node::Local(id, at) => module(id)?.locals.get_index(at).map(|(_, it)| it.locate(it.name_span)),
        Node::Output(id, at) => module(id)?.outputs.get_index(at).map(|(_, it)| it.locate(it.name_span)),
        Node::Resource(id, at) => module(id)?.resources.get_index(at).map(|(_, it)| it.locate(it.name_span)),
        Node::Call(id, at) => module(id)?.calls.get_index(at).map(|(_, it)| it.locate(it.name_span)),
        Node::Check(id, at) => module(id)?.checks.get_index(at).map(|(_, it)| it.locate(it.name_span)),
        Node::Close(id) => {
            let (caller, at) = modules.get(id)?.caller?;
            module(caller)?.calls.get_index(at).map(|(_, it)| it.locate(it.name_span))
        }
        Node::Provider(_) => None,
    }
}
