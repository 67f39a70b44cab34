//! What a provider offers besides resources: functions, and the identities of what it manages.

use std::sync::Arc;

use indexmap::IndexMap;
use lang::Type;
use syntax::SmolStr;

use super::TextKind;

/// The signature of a provider's function.
#[derive(Clone, Debug)]
pub struct FunctionSchema {
    pub parameters: Vec<ParameterSchema>,
    /// Takes any number of further arguments.
    pub variadic: Option<ParameterSchema>,
    pub returns: Type,
    /// One sentence.
    pub summary: Option<SmolStr>,
    pub description: Option<SmolStr>,
    pub description_kind: TextKind,
    /// Set when the function should not be used any more, and says what to use.
    pub deprecation: Option<SmolStr>,
}

#[derive(Clone, Debug)]
pub struct ParameterSchema {
    pub name: SmolStr,
    pub ty: Type,
    /// Whether null may be given for it. Otherwise calling the function with it is an error.
    pub allow_null: bool,
    /// Whether the function wants to be called with it unknown. Otherwise the result is unknown without a call.
    pub allow_unknown: bool,
    pub description: Option<SmolStr>,
    pub description_kind: TextKind,
}

/// What tells one remote object from all others of its type.
#[derive(Clone, Debug, Default)]
pub struct IdentitySchema {
    pub version: u64,
    pub attributes: IndexMap<SmolStr, IdentityAttribute>,
}

impl IdentitySchema {
    /// The type of an identity as an `import` block gives it: what it need not give may be left out.
    pub fn ty(&self) -> Type {
        let types = self.attributes.iter().map(|(name, it)| (Arc::from(name.as_str()), it.ty.clone()));
        let optional = self.attributes.iter().filter(|(_, it)| !it.required_for_import);
        let optional = optional.map(|(name, _)| Arc::from(name.as_str())).collect();
        Type::object_with_optional(types.collect(), optional)
    }
}

#[derive(Clone, Debug)]
pub struct IdentityAttribute {
    pub ty: Type,
    pub description: Option<SmolStr>,
    /// An import by identity must give it.
    pub required_for_import: bool,
    /// An import by identity may give it.
    pub optional_for_import: bool,
}
