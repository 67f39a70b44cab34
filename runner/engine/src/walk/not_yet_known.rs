//! What is said of a `count` or `for_each` that is known only after apply. OpenTofu names the object that could be left
//! out of the plan.

use config::{Dialect, Feature, Tool};
use lang::Type;

/// The address that `-exclude` would take for what is repeated; nothing where there is no such thing to leave out.
pub(crate) type Excluded<'r> = Option<&'r dyn Fn() -> String>;

/// The detail of an unknown `count`.
pub(super) fn count(dialect: Dialect, excluded: Excluded<'_>) -> String {
    let tool = dialect.tool;
    let unknown = format!(
        "The \"count\" value depends on resource attributes that cannot be determined until apply, so {tool} cannot \
         predict how many instances will be created."
    );
    if !dialect.has(Feature::SuggestsExclude) {
        return format!(
            "{unknown} To work around this, use the -target argument to first apply only the resources that the count \
             depends on."
        );
    }
    let instead = match excluded {
        Some(address) => format!(
            "use the planning option -exclude={} to first apply without this object,",
            word_of_shell(&address())
        ),
        None => {
            "use the -target option to first apply only the resources that the count depends on,".to_owned()
        }
    };
    format!("{unknown}\n\nTo work around this, {instead} and then apply normally to converge.")
}

/// The detail of a `for_each` of this type whose keys are unknown.
pub(super) fn for_each(ty: &Type, dialect: Dialect, excluded: Excluded<'_>) -> String {
    let tool = dialect.tool;
    let suggests = dialect.has(Feature::SuggestsExclude);
    let identify = format!(
        "that cannot be determined until apply, and so {tool} cannot determine the full set of keys that will identify \
         the instances of this resource."
    );
    let unknown = match ty {
        Type::Set(_) => {
            format!("The \"for_each\" set includes values derived from resource attributes {identify}")
        }
        Type::Tuple(_) if suggests => {
            format!("The \"for_each\" tuple includes values derived from resource attributes {identify}")
        }
        Type::Map(_) | Type::Object(_) => {
            format!("The \"for_each\" map includes keys derived from resource attributes {identify}")
        }
        _ if suggests => format!(
            "The \"for_each\" value includes keys or set values from resource attributes that cannot be determined until \
             apply, and so {tool} cannot determine what will identify the instances of this resource."
        ),
        _ => format!("The \"for_each\" map includes keys derived from resource attributes {identify}"),
    };
    let better = match ty {
        Type::Set(_) | Type::Tuple(_) if suggests || matches!(ty, Type::Set(_)) => {
            "use a map value where the keys are defined statically in your configuration and where only the values \
             contain apply-time results."
        }
        _ => {
            "define the map keys statically in your configuration and place apply-time results only in the map values."
        }
    };
    let converge = match (suggests, excluded) {
        (false, _) => {
            "use the -target planning option to first apply only the resources that the for_each value depends on, and \
             then apply a second time to fully converge."
                .to_owned()
        }
        (true, Some(address)) => format!(
            "use the planning option -exclude={} to first apply without this object, and then apply normally to \
             converge.",
            word_of_shell(&address())
        ),
        (true, None) => {
            "use the -target option to first apply only the resources that for_each depends on, and then apply normally \
             to converge."
                .to_owned()
        }
    };
    format!(
        "{unknown}\n\nWhen working with unknown values in for_each, it's better to {better}\n\nAlternatively, you could \
         {converge}"
    )
}

/// Why an ephemeral value is none for `argument`, which is `count` or `for_each`.
pub(super) fn ephemeral(argument: &str, tool: Tool) -> String {
    match tool {
        Tool::OpenTofu => format!(
            "Ephemeral values, or values derived from ephemeral values, cannot be used as {argument} arguments. If used, \
             the ephemeral value could be exposed as a resource instance key."
        ),
        Tool::Terraform => {
            let (subject, only_for) = match argument {
                "count" => ("\"count\"", "to specify the number of resource instances"),
                _ => ("\"for_each\" value", "to specify a resource's instance keys"),
            };
            format!(
                "The given {subject} is derived from an ephemeral value, which means that Terraform cannot persist it \
                 between plan/apply rounds. Use only non-ephemeral values {only_for}."
            )
        }
    }
}

/// An argument as a POSIX shell takes it: in single quotes where it has spaces, else with backslashes in front of what
/// has a meaning there.
fn word_of_shell(text: &str) -> String {
    const META: &str = "|&;<>(){}[]$`\\\"'*?!#~=%";
    match text {
        "" => "''".to_owned(),
        _ if text.contains([' ', '\t', '\n']) => format!("'{}'", text.replace('\'', "'\\''")),
        _ => text.chars().flat_map(|ch| META.contains(ch).then_some('\\').into_iter().chain([ch])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_for_a_shell() {
        for (address, word) in [
            ("test_resource.a", "test_resource.a"),
            ("", "''"),
            ("module.a[0].b.c", r"module.a\[0\].b.c"),
            (r#"module.a["x y"].b.c"#, r#"'module.a["x y"].b.c'"#),
            ("it's a", r"'it'\''s a'"),
        ] {
            assert_eq!(word_of_shell(address), word);
        }
    }

    #[test]
    fn versions_have_their_own_advice() {
        let address = || "test_resource.a".to_owned();
        let said = |dialect, ty: &Type| for_each(ty, dialect, Some(&address));
        let map = Type::map(Type::String);
        assert!(said(Dialect::terraform(15, 0), &map).contains("so Terraform cannot determine the full set"));
        assert!(said(Dialect::opentofu(9, 0), &map).contains("-target planning option"));
        let tofu = Dialect::opentofu(10, 0);
        assert!(said(tofu, &map).contains("-exclude=test_resource.a to first apply without this object"));
        assert!(said(tofu, &Type::Dynamic).starts_with("The \"for_each\" value includes keys or set values"));
        assert!(
            for_each(&map, tofu, None).contains("use the -target option to first apply only the resources")
        );
        assert!(
            count(tofu, Some(&address))
                .contains("\n\nTo work around this, use the planning option -exclude=")
        );
        assert!(count(Dialect::opentofu(9, 0), Some(&address)).contains("OpenTofu cannot predict"));
    }
}
