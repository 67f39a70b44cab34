//! Where in an object its sensitive and its write-only attributes are.

use lang::path::Step;
use lang::{Marks, Path, Value, View};

use super::{AttributeSchema, NestedType, Schema};

impl Schema {
    /// The places of an object that the schema marks as sensitive, as [`Value::with_marks_at`] takes them. An element of
    /// a set has no place of its own: the set is sensitive as a whole.
    pub fn sensitive_paths(&self, object: &Value) -> Vec<(Path, Marks)> {
        let mut paths = Vec::new();
        if self.has_sensitive() {
            self.collect(object, &Path::root(), &|attribute| attribute.sensitive, &mut paths);
        }
        paths.into_iter().map(|path| (path, Marks::SENSITIVE)).collect()
    }

    /// The object with everything marked that the schema says is sensitive.
    pub fn with_sensitive(&self, object: &Value) -> Value {
        if !self.has_sensitive() {
            return object.clone();
        }
        object.with_marks_at(&self.sensitive_paths(object))
    }

    /// The places of an object's write-only attributes, set or not.
    pub fn write_only_paths(&self, object: &Value) -> Vec<Path> {
        let mut paths = Vec::new();
        if self.has_write_only() {
            self.collect(object, &Path::root(), &|attribute| attribute.write_only, &mut paths);
        }
        paths
    }

    fn collect(
        &self,
        object: &Value,
        path: &Path,
        wanted: &dyn Fn(&AttributeSchema) -> bool,
        found: &mut Vec<Path>,
    ) {
        let Some(values) = object.as_map() else { return };
        for (name, attribute) in &self.attributes {
            let Some(value) = values.get(name.as_str()) else { continue };
            attribute.collect(value, &path.attr(name.as_str()), wanted, found);
        }
        for (name, block) in &self.blocks {
            let Some(value) = values.get(name.as_str()) else { continue };
            let path = path.attr(name.as_str());
            match block.nesting {
                super::Nesting::Single | super::Nesting::Group => {
                    block.body.collect(value, &path, wanted, found);
                }
                _ => each(value, &path, |element, path| block.body.collect(element, path, wanted, found)),
            }
        }
    }
}

impl AttributeSchema {
    fn collect(
        &self,
        value: &Value,
        path: &Path,
        wanted: &dyn Fn(&AttributeSchema) -> bool,
        found: &mut Vec<Path>,
    ) {
        if wanted(self) {
            found.push(path.clone());
        } else if let Some(nested) = &self.nested {
            match nested.nesting {
                super::NestedNesting::Single => nested.collect(value, path, wanted, found),
                _ => each(value, path, |element, path| nested.collect(element, path, wanted, found)),
            }
        }
    }
}

impl NestedType {
    fn collect(
        &self,
        object: &Value,
        path: &Path,
        wanted: &dyn Fn(&AttributeSchema) -> bool,
        found: &mut Vec<Path>,
    ) {
        let Some(values) = object.as_map() else { return };
        for (name, attribute) in &self.attributes {
            if let Some(value) = values.get(name.as_str()) {
                attribute.collect(value, &path.attr(name.as_str()), wanted, found);
            }
        }
    }
}

/// Calls for every element of a collection with its path.
fn each(collection: &Value, path: &Path, mut visit: impl FnMut(&Value, &Path)) {
    let is_object = matches!(collection.view(), View::Object(_));
    for (key, element) in collection.elements().into_iter().flatten() {
        let step = match key.as_arc_str() {
            Some(name) if is_object => Step::Attr(name),
            _ => Step::Index(key),
        };
        visit(&element, &path.child(step));
    }
}
