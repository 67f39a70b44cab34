//! Addresses of things in a configuration and in a state, printed as Terraform prints them.

use std::fmt;
use std::sync::Arc;

use syntax::SmolStr;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ResourceMode {
    Managed,
    Data,
    Ephemeral,
}

/// `terraform_data.a`, `data.aws_ami.x`: a resource block within its module.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ResourceAddr {
    pub mode: ResourceMode,
    pub kind: SmolStr,
    pub name: SmolStr,
}

/// The key of one instance: absent, from `count`, or from `for_each`. Ordered as Terraform lists instances.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum InstanceKey {
    None,
    Int(i64),
    String(SmolStr),
}

/// The path of module calls that leads to a module instance; empty for the root module. Cloning shares it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct ModuleInstance(pub Arc<[(SmolStr, InstanceKey)]>);

/// A resource block by the calls that lead to its module, whatever instances those have: what the state remembers of
/// dependencies.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ConfigResource {
    pub module: Arc<[SmolStr]>,
    pub resource: ResourceAddr,
}

/// A resource in one instance of its module: `module.m["k"].terraform_data.a`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct AbsResource {
    pub module: ModuleInstance,
    pub resource: ResourceAddr,
}

/// One instance of a resource: `module.m["k"].terraform_data.a[0]`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ResourceInstance {
    pub module: ModuleInstance,
    pub resource: ResourceAddr,
    pub key: InstanceKey,
}

impl ModuleInstance {
    pub fn root() -> ModuleInstance {
        ModuleInstance::default()
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn child(&self, name: SmolStr, key: InstanceKey) -> ModuleInstance {
        ModuleInstance(self.0.iter().cloned().chain([(name, key)]).collect())
    }

    /// The calls without their keys.
    pub fn calls(&self) -> Arc<[SmolStr]> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }
}

impl AbsResource {
    pub fn instance(&self, key: InstanceKey) -> ResourceInstance {
        ResourceInstance { module: self.module.clone(), resource: self.resource.clone(), key }
    }

    pub fn config(&self) -> ConfigResource {
        ConfigResource { module: self.module.calls(), resource: self.resource.clone() }
    }
}

impl ResourceInstance {
    /// The resource that it is an instance of.
    pub fn whole(&self) -> AbsResource {
        AbsResource { module: self.module.clone(), resource: self.resource.clone() }
    }
}

impl ResourceAddr {
    pub fn managed(kind: &str, name: &str) -> ResourceAddr {
        ResourceAddr { mode: ResourceMode::Managed, kind: kind.into(), name: name.into() }
    }
}

impl fmt::Display for ResourceAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mode {
            ResourceMode::Managed => {}
            ResourceMode::Data => f.write_str("data.")?,
            ResourceMode::Ephemeral => f.write_str("ephemeral.")?,
        }
        write!(f, "{}.{}", self.kind, self.name)
    }
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::None => Ok(()),
            InstanceKey::Int(index) => write!(f, "[{index}]"),
            InstanceKey::String(key) => write!(f, "[{}]", lang::quote(key)),
        }
    }
}

/// `module.a["k"].module.b`; empty for the root module.
impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, key)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "module.{name}{key}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in self.module.iter() {
            write!(f, "module.{call}.")?;
        }
        write!(f, "{}", self.resource)
    }
}

impl fmt::Display for AbsResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}", self.resource)
    }
}

impl fmt::Display for ResourceInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}{}", self.resource, self.key)
    }
}
