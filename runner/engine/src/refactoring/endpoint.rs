//! The two ends of a move, relative to the module that declares it or absolute.

use std::fmt;

use config::{AbsResource, InstanceKey, ModuleInstance, ResourceAddr, ResourceInstance, Target};
use syntax::SmolStr;

/// What moves, or where it goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Endpoint {
    /// All instances of a module call.
    Call {
        module: ModuleInstance,
        name: SmolStr,
    },
    Module(ModuleInstance),
    /// All instances of a resource.
    Resource(AbsResource),
    Instance(ResourceInstance),
}

impl Endpoint {
    /// Both ends of one statement. Without keys at both, everything of that name is meant; with a key at one, an end
    /// without is the instance that has none. `None` where one is a module and the other is not.
    pub fn pair(from: &Target, to: &Target) -> Option<(Endpoint, Endpoint)> {
        match (&from.resource, &to.resource) {
            (None, None) => {
                let ends = (from.module.0.split_last()?, to.module.0.split_last()?);
                let (((from_name, from_key), from_path), ((to_name, to_key), to_path)) = ends;
                if *from_key != InstanceKey::None || *to_key != InstanceKey::None {
                    return Some((
                        Endpoint::Module(from.module.clone()),
                        Endpoint::Module(to.module.clone()),
                    ));
                }
                let call = |path: &[(SmolStr, InstanceKey)], name: &SmolStr| Endpoint::Call {
                    module: ModuleInstance(path.into()),
                    name: name.clone(),
                };
                Some((call(from_path, from_name), call(to_path, to_name)))
            }
            (Some((from_addr, from_key)), Some((to_addr, to_key))) => {
                let whole = |module: &ModuleInstance, resource: &ResourceAddr| AbsResource {
                    module: module.clone(),
                    resource: resource.clone(),
                };
                let (from, to) = (whole(&from.module, from_addr), whole(&to.module, to_addr));
                if *from_key != InstanceKey::None || *to_key != InstanceKey::None {
                    return Some((
                        Endpoint::Instance(from.instance(from_key.clone())),
                        Endpoint::Instance(to.instance(to_key.clone())),
                    ));
                }
                Some((Endpoint::Resource(from), Endpoint::Resource(to)))
            }
            _ => None,
        }
    }

    /// The same end, seen from the root module.
    pub fn within(&self, outer: &ModuleInstance) -> Endpoint {
        let join = |module: &ModuleInstance| {
            ModuleInstance(outer.0.iter().chain(module.0.iter()).cloned().collect())
        };
        match self {
            Endpoint::Call { module, name } => Endpoint::Call { module: join(module), name: name.clone() },
            Endpoint::Module(module) => Endpoint::Module(join(module)),
            Endpoint::Resource(addr) => Endpoint::Resource(AbsResource {
                module: join(&addr.module),
                resource: addr.resource.clone(),
            }),
            Endpoint::Instance(addr) => {
                Endpoint::Instance(ResourceInstance { module: join(&addr.module), ..addr.clone() })
            }
        }
    }

    pub fn is_module(&self) -> bool {
        matches!(self, Endpoint::Call { .. } | Endpoint::Module(_))
    }

    /// The module instance that it is directly in.
    pub fn parent(&self) -> ModuleInstance {
        match self {
            Endpoint::Call { module, .. } => module.clone(),
            Endpoint::Module(module) => {
                let path = module.0.split_last().map_or(&[][..], |(_, path)| path);
                ModuleInstance(path.into())
            }
            Endpoint::Resource(addr) => addr.module.clone(),
            Endpoint::Instance(addr) => addr.module.clone(),
        }
    }

    /// The calls that lead to it, without keys; of a module, to what is in it.
    pub fn calls(&self) -> Vec<SmolStr> {
        let names = |module: &ModuleInstance| module.0.iter().map(|(name, _)| name.clone()).collect();
        match self {
            Endpoint::Call { module, name } => {
                let mut calls: Vec<SmolStr> = names(module);
                calls.push(name.clone());
                calls
            }
            Endpoint::Module(module) => names(module),
            Endpoint::Resource(addr) => names(&addr.module),
            Endpoint::Instance(addr) => names(&addr.module),
        }
    }

    /// Whether what has moved to `other` is, at least in part, what moves on from here.
    pub fn continues(&self, other: &Endpoint) -> bool {
        match (self, other) {
            (Endpoint::Call { module, name }, Endpoint::Module(instance))
            | (Endpoint::Module(instance), Endpoint::Call { module, name }) => {
                let last = instance.0.split_last();
                last.is_some_and(|((call, _), path)| call == name && *path == *module.0)
            }
            (Endpoint::Resource(whole), Endpoint::Instance(instance))
            | (Endpoint::Instance(instance), Endpoint::Resource(whole)) => instance.whole() == *whole,
            _ => self == other,
        }
    }

    /// What messages call it, at length and in short.
    pub fn nouns(&self) -> (&'static str, &'static str) {
        match self {
            Endpoint::Call { .. } => ("module call", "call"),
            Endpoint::Module(_) => ("module instance", "instance"),
            Endpoint::Resource(_) => ("resource", "resource"),
            Endpoint::Instance(_) => ("resource instance", "instance"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Call { module, name } => {
                write!(f, "{}", module.child(name.clone(), InstanceKey::None))
            }
            Endpoint::Module(module) => write!(f, "{module}"),
            Endpoint::Resource(addr) => write!(f, "{addr}"),
            Endpoint::Instance(addr) => write!(f, "{addr}"),
        }
    }
}
