//! What a provider may plan. Terraform holds a plan against the configuration and the prior object, and refuses one that
//! breaks these rules as "Provider produced invalid plan".

use lang::path::Step;
use lang::{Value, View};

use super::go_syntax::go_syntax;
use super::parts::{Level, Shape, attribute, element, unrefined};
use super::{AttributeSchema, BlockSchema, NestedType, Nesting, Problem, Schema, Trail};

/// What is wrong with a planned object, given the prior one and what the provider was told of the configuration. All
/// three have the schema's type, or are null, and no marks.
///
/// Where the configuration sets something, the plan has the same, or what the prior object had. Where it sets nothing,
/// only a computed attribute may get a value. Elements of sets cannot be told apart, so they are not looked into.
pub fn assert_plan_valid(schema: &Schema, prior: &Value, config: &Value, planned: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    body(schema, prior, config, planned, &Trail::ROOT, &mut problems);
    problems
}

const UNKNOWN_ELEMENT: &str = "element representing nested block must not be unknown itself; set nested attribute values to unknown instead";

fn body(
    schema: &Schema,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    if !same_existence(config, planned, path, problems) || planned.is_null() {
        return;
    }
    attributes(Level::Body(schema), prior, config, planned, path, problems);
    for (name, known) in schema.blocks.iter().filter(|(name, _)| !schema.attributes.contains_key(*name)) {
        let Some(ty) = schema.ty().attribute(name) else { continue };
        let part = |object| attribute(object, name, ty);
        block(known, &part(prior), &part(config), &part(planned), &path.attr(name), problems);
    }
}

/// Whether something is planned exactly where it is configured.
fn same_existence(config: &Value, planned: &Value, path: &Trail<'_>, problems: &mut Vec<Problem>) -> bool {
    let message = match (config.is_null(), planned.is_null()) {
        (false, true) => "planned for absence but config wants existence",
        (true, false) => "planned for existence but config wants absence",
        _ => return true,
    };
    problems.push(Problem::new(&path.path(), message));
    false
}

fn block(
    schema: &BlockSchema,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let mode = match schema.nesting {
        Nesting::Single | Nesting::Group => None,
        Nesting::List => Some("list"),
        Nesting::Set => Some("set"),
        Nesting::Map => Some("map"),
    };
    let mut problem = |message: String| problems.push(Problem::new(&path.path(), message));
    if let Some(mode) = mode.filter(|_| planned.is_null()) {
        problem(format!(
            "attribute representing a {mode} of nested blocks must be empty to indicate no blocks, not null"
        ));
    } else if planned.raw_eq(config) {
        // Nothing has changed.
    } else if !config.is_known() {
        problem(format!("planned value {} for unknown dynamic block", go_syntax(planned)));
    } else if !planned.is_known() {
        problem(
            "attribute representing nested block must not be unknown itself; set nested attribute values to unknown \
             instead"
                .to_owned(),
        );
    } else {
        match schema.nesting {
            Nesting::Single | Nesting::Group => body(&schema.body, prior, config, planned, path, problems),
            Nesting::List | Nesting::Map => {
                block_elements(schema, prior, config, planned, path, problems);
            }
            Nesting::Set => {
                for (key, planned) in planned.elements().into_iter().flatten() {
                    known_element(&planned, &path.step(&Step::Index(key)), problems);
                }
            }
        }
    }
}

fn known_element(planned: &Value, path: &Trail<'_>, problems: &mut Vec<Problem>) -> bool {
    if !planned.is_known() {
        problems.push(Problem::new(&path.path(), UNKNOWN_ELEMENT));
    }
    planned.is_known()
}

/// Lists and maps of blocks, or the tuples and objects that they are when something in them is dynamic.
fn block_elements(
    schema: &BlockSchema,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let (planned_count, config_count) = (planned.len().unwrap_or(0), config.len().unwrap_or(0));
    let is_object = matches!(planned.view(), View::Object(_));
    if planned_count != config_count && !is_object {
        let message =
            format!("block count in plan ({planned_count}) disagrees with count in config ({config_count})");
        problems.push(Problem::new(&path.path(), message));
        return;
    }
    let ty = schema.body.ty();
    for (key, planned) in planned.elements().into_iter().flatten() {
        let name = go_key(&key);
        let prior = element(prior, &key, ty).unwrap_or_else(|| Value::null(ty.clone()));
        let config = element(config, &key, ty);
        let step = step(key, is_object);
        let inside = path.step(&step);
        let Some(config) = config else {
            // Of an object, the path leads to the whole.
            let at = if is_object { path } else { &inside };
            problems.push(Problem::new(
                &at.path(),
                format!("block key {name} from plan is not present in config"),
            ));
            continue;
        };
        let path = inside;
        if known_element(&planned, &path, problems) {
            body(&schema.body, &prior, &config, &planned, &path, problems);
        }
    }
    for (key, _) in config.elements().into_iter().flatten() {
        if element(planned, &key, ty).is_none() {
            let key = go_key(&key);
            problems.push(Problem::new(
                &path.path(),
                format!("block key {key} from config is not present in plan"),
            ));
        }
    }
}

fn attributes(
    level: Level<'_>,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    for (name, schema) in level.attributes() {
        let part = |object| attribute(object, name, &schema.ty);
        value(schema, &part(prior), &part(config), &part(planned), &path.attr(name), problems);
    }
}

fn value(
    schema: &AttributeSchema,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let plain = unrefined(planned);
    if plain.raw_eq(&unrefined(config)) {
        return;
    }
    // What is configured may mean the same as what there is, which only the provider can know.
    if plain.raw_eq(&unrefined(prior)) && !prior.is_null() && !config.is_null() {
        return;
    }
    let mut problem = |plain: String, sensitive: &str| {
        let message = if schema.sensitive { sensitive.to_owned() } else { plain };
        problems.push(Problem::new(&path.path(), message));
    };
    if schema.write_only {
        if !planned.is_null() {
            let message = "planned value for write-only attribute is not null";
            problem(message.to_owned(), message);
        }
        return;
    }
    if schema.computed && (!schema.optional || config.is_null()) {
        return;
    }
    if config.is_null() && !planned.is_null() {
        problem(
            format!("planned value {} for a non-computed attribute", go_syntax(planned)),
            "sensitive planned value for a non-computed attribute",
        );
        return;
    }
    if let Some(nested) = &schema.nested {
        nested_value(nested, prior, config, planned, path, problems);
    } else if prior.is_null() {
        problem(
            format!("planned value {} does not match config value {}", go_syntax(planned), go_syntax(config)),
            "sensitive planned value does not match config value",
        );
    } else {
        problem(
            format!(
                "planned value {} does not match config value {} nor prior value {}",
                go_syntax(planned),
                go_syntax(config),
                go_syntax(prior)
            ),
            "sensitive planned value does not match config value nor prior value",
        );
    }
}

fn nested_value(
    schema: &NestedType,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    if !same_existence(config, planned, path, problems) || planned.is_null() {
        return;
    }
    if !planned.is_known() {
        problems.push(Problem::new(&path.path(), "planned unknown for configured value"));
        return;
    }
    let level = Level::Object(schema);
    let shape = Shape::from(schema.nesting);
    if shape == Shape::Single {
        attributes(level, prior, config, planned, path, problems);
        return;
    }
    let (planned_count, config_count) = (planned.len(), config.len());
    let fits = match (shape, planned_count, config_count) {
        // Elements that are not known yet may turn out to be the same, so their number is not known.
        (Shape::Set, ..) if !planned.is_wholly_known() || !config.is_wholly_known() => true,
        (_, planned, config) => planned == config,
    };
    if !fits {
        let count = |count: Option<usize>| match count {
            Some(count) => format!("cty.NumberIntVal({count})"),
            None => "cty.UnknownVal(cty.Number)".to_owned(),
        };
        let message = format!(
            "count in plan ({}) disagrees with count in config ({})",
            count(planned_count),
            count(config_count)
        );
        problems.push(Problem::new(&path.path(), message));
        return;
    }
    if shape == Shape::Set {
        return;
    }
    let ty = level.ty();
    for (key, planned) in planned.elements().into_iter().flatten() {
        let Some(config) = element(config, &key, &ty) else {
            let key = go_key(&key);
            problems.push(Problem::new(
                &path.path(),
                format!("map key {key} from plan is not present in config"),
            ));
            continue;
        };
        let prior = element(prior, &key, &ty).unwrap_or_else(|| Value::null(ty.clone()));
        let step = step(key, shape == Shape::Map);
        attributes(level, &prior, &config, &planned, &path.step(&step), problems);
    }
    for (key, _) in config.elements().into_iter().flatten() {
        if element(planned, &key, &ty).is_none() {
            let key = go_key(&key);
            problems.push(Problem::new(
                &path.path(),
                format!("map key {key} from config is not present in plan"),
            ));
        }
    }
}

/// The step to an element; the names of an object's attributes are attribute steps.
pub(super) fn step(key: Value, is_object: bool) -> Step {
    match key.as_arc_str() {
        Some(name) if is_object => Step::Attr(name),
        _ => Step::Index(key),
    }
}

/// A key in quotes.
fn go_key(key: &Value) -> String {
    lang::quote(key.as_str().unwrap_or_default())
}
