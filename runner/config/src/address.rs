//! Addresses of things in a configuration and in a state, printed as Terraform prints them.

use std::fmt;

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

/// The path of module calls that leads to a module instance; empty for the root module.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct ModuleInstance(pub Vec<(SmolStr, InstanceKey)>);

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
        let mut path = self.0.clone();
        path.push((name, key));
        ModuleInstance(path)
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

impl fmt::Display for ResourceInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "{}{}", self.resource, self.key)
    }
}
