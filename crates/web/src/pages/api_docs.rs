//! `/api/docs`: the OpenAPI document for reading, written by the server from the same document and permission sheet.

use super::{PageResult, show};
use crate::frame::PlainFrame;
use crate::gate::{Access, SheetLine};
use crate::router::document_and_sheet;
use app::Role;
use askama::Template;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// templates/pages/api_docs.html
#[derive(Debug, Template)]
#[template(path = "pages/api_docs.html")]
pub struct ApiDocs<'a> {
    frame: PlainFrame,
    groups: &'a [CallGroup],
}

/// The calls of a tag.
#[derive(Debug)]
pub struct CallGroup {
    title: String,
    calls: Vec<Call>,
}

/// One call.
#[derive(Debug)]
pub struct Call {
    method: String,
    path: String,
    summary: String,
    description: String,
    permission: String,
    fields: Vec<ApiField>,
    body: String,
    answers: Vec<Answered>,
    refusals: Vec<(String, String)>,
}

/// A parameter, or a field of the body.
#[derive(Debug)]
pub struct ApiField {
    name: String,
    place: &'static str,
    kind: String,
    required: bool,
    text: String,
}

/// What a call answers when it is done.
#[derive(Debug)]
pub struct Answered {
    status: String,
    text: String,
    example: String,
}

static GROUPS: LazyLock<Vec<CallGroup>> = LazyLock::new(|| {
    let (document, sheet) = document_and_sheet();
    // The document comes from our own types; were it not an object, the page would be empty.
    groups(&serde_json::to_value(document).unwrap_or_default(), &sheet)
});

/// `GET /api/docs`
pub async fn show_docs(mut frame: PlainFrame) -> PageResult {
    frame.title = "API".into();
    show(&ApiDocs {
        frame,
        groups: &GROUPS,
    })
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or("").to_owned()
}

/// The calls by tag, each tag where its first call stands.
fn groups(document: &Value, sheet: &[SheetLine]) -> Vec<CallGroup> {
    let schemas = Schemas(&document["components"]["schemas"]);
    let mut by_tag: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    let no_paths = Map::new();
    for (path, item) in document["paths"].as_object().unwrap_or(&no_paths) {
        for method in ["get", "post", "patch", "put", "delete"] {
            let operation = &item[method];
            if operation.is_object() {
                let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
                by_tag.entry(tag).or_default().push(call(
                    &schemas,
                    path,
                    &method.to_uppercase(),
                    operation,
                    sheet,
                ));
            }
        }
    }
    by_tag
        .into_iter()
        .map(|(tag, calls)| {
            let mut title = tag.replace(['-', '_'], " ");
            if let Some(first) = title.get(..1) {
                title = format!("{}{}", first.to_uppercase(), &title[1..]);
            }
            CallGroup { title, calls }
        })
        .collect()
}

fn call(schemas: &Schemas, path: &str, method: &str, operation: &Value, sheet: &[SheetLine]) -> Call {
    let mut fields: Vec<ApiField> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| ApiField {
            name: text(parameter, "name"),
            place: match parameter["in"].as_str() {
                Some("path") => "path",
                Some("header") => "header",
                _ => "query",
            },
            kind: schemas.kind(&parameter["schema"]),
            required: parameter["required"] == true,
            text: text(parameter, "description"),
        })
        .collect();
    let no_content = Map::new();
    let content = operation["requestBody"]["content"]
        .as_object()
        .unwrap_or(&no_content);
    let (media, body) = content.iter().next().map_or(("", &Value::Null), |(media, body)| {
        (media.as_str(), &body["schema"])
    });
    fields.extend(schemas.fields(body));
    let (mut answers, mut refusals) = (Vec::new(), Vec::new());
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        if status.starts_with('2') {
            let (media, schema) = response["content"]
                .as_object()
                .and_then(|content| content.iter().next())
                .map_or(("", &Value::Null), |(media, body)| {
                    (media.as_str(), &body["schema"])
                });
            let example = if media == "application/json" {
                schemas.pretty(schema)
            } else {
                media.to_owned()
            };
            answers.push(Answered {
                status: status.clone(),
                text: text(response, "description"),
                example,
            });
        } else {
            refusals.push((status.clone(), text(response, "description")));
        }
    }
    let description = text(operation, "description");
    Call {
        method: method.to_owned(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        // Who may is said below by role.
        description: description
            .split("Needs: ")
            .next()
            .unwrap_or("")
            .trim()
            .to_owned(),
        permission: who_may(sheet, method, path),
        fields,
        body: if media == "application/json" {
            schemas.pretty(body)
        } else {
            String::new()
        },
        answers,
        refusals,
    }
}

/// "Admin, Manager", "everybody who is signed in" or "everybody".
fn who_may(sheet: &[SheetLine], method: &str, path: &str) -> String {
    let line = sheet
        .iter()
        .find(|line| line.method == method && line.path == path);
    match line.map(|line| line.access) {
        Some(Access::Public) => "everybody, without signing in".into(),
        Some(Access::Any(capabilities)) => {
            let may = |role: &&Role| capabilities.iter().any(|c| role.can(*c));
            let roles: Vec<&str> = Role::ALL.iter().filter(may).map(|role| role.as_str()).collect();
            if roles.len() == Role::ALL.len() {
                "everybody who is signed in".into()
            } else {
                roles.join(", ")
            }
        }
        None => String::new(),
    }
}

/// The named schemas of the document.
struct Schemas<'a>(&'a Value);

/// Depth at which an example stops: schemas may contain themselves.
const DEPTH: usize = 6;

impl Schemas<'_> {
    /// The schema behind references and behind "or null".
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        for _ in 0..DEPTH {
            if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
                schema = &self.0[name];
                continue;
            }
            let choices = ["oneOf", "anyOf", "allOf"]
                .into_iter()
                .find_map(|key| schema[key].as_array());
            match choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null")) {
                Some(choice) => schema = choice,
                None => break,
            }
        }
        schema
    }

    /// The type as it is read: `integer, 1 to 200`, `text, 1 to 50 characters`, `Retail | Wholesale`.
    fn kind(&self, schema: &Value) -> String {
        let schema = self.resolve(schema);
        if let Some(values) = schema["enum"].as_array() {
            return values
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" | ");
        }
        let name = match type_of(schema) {
            "string" => match schema["format"].as_str() {
                Some("date") => "date",
                Some("date-time") => "instant",
                _ => "text",
            },
            "array" => return format!("list of {}", self.kind(&schema["items"])),
            other => other,
        };
        let (least, most, unit) = if name == "text" {
            (&schema["minLength"], &schema["maxLength"], " characters")
        } else {
            (&schema["minimum"], &schema["maximum"], "")
        };
        match (least.as_i64(), most.as_i64()) {
            (_, Some(most)) if most >= i64::from(i32::MAX) => name.to_owned(),
            (Some(least), Some(most)) => format!("{name}, {least} to {most}{unit}"),
            (None, Some(most)) => format!("{name}, at most {most}{unit}"),
            _ => name.to_owned(),
        }
    }

    /// The fields of a body.
    fn fields(&self, schema: &Value) -> Vec<ApiField> {
        let resolved = self.resolve(schema);
        let required: Vec<&str> = resolved["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let described = |field: &Value| match text(field, "description") {
            own if own.is_empty() => text(self.resolve(field), "description"),
            own => own,
        };
        resolved["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, field)| ApiField {
                name: name.clone(),
                place: "body",
                kind: self.kind(field),
                required: required.contains(&name.as_str()),
                text: described(field),
            })
            .collect()
    }

    fn pretty(&self, schema: &Value) -> String {
        if schema.is_null() {
            return String::new();
        }
        serde_json::to_string_pretty(&self.example(schema, 0)).unwrap_or_default()
    }

    /// A value of this shape.
    fn example(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(schema);
        for given in [
            &schema["example"],
            &schema["examples"][0],
            &schema["enum"][0],
            &schema["default"],
        ] {
            if !given.is_null() {
                return given.clone();
            }
        }
        if depth >= DEPTH {
            return Value::Null;
        }
        match type_of(schema) {
            "object" => {
                let fields = schema["properties"].as_object().into_iter().flatten();
                Value::Object(
                    fields
                        .map(|(name, field)| (name.clone(), self.example(field, depth + 1)))
                        .collect(),
                )
            }
            "array" => json!([self.example(&schema["items"], depth + 1)]),
            "integer" => schema["minimum"]
                .as_i64()
                .map_or(json!(1), |least| json!(least.max(1))),
            "boolean" => json!(true),
            "number" => json!(1),
            "string" => match schema["format"].as_str() {
                Some("date") => json!("2026-01-14"),
                Some("date-time") => json!("2026-01-14T10:00:00Z"),
                _ => json!("…"),
            },
            _ => Value::Null,
        }
    }
}

/// The type of a schema; the first one when it may be null too.
fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) => one,
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .find(|t| *t != "null")
            .unwrap_or("null"),
        _ if schema["properties"].is_object() => "object",
        _ => "any",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_of_the_document_is_there_with_who_may() {
        let (document, sheet) = document_and_sheet();
        let document = serde_json::to_value(document).expect("an object");
        let calls: Vec<Call> = groups(&document, &sheet)
            .into_iter()
            .flat_map(|group| group.calls)
            .collect();
        let in_sheet = sheet
            .iter()
            .filter(|line| line.path.starts_with("/api/v1/"))
            .count();
        assert_eq!(calls.len(), in_sheet);
        for call in &calls {
            assert!(
                !call.permission.is_empty() && !call.summary.is_empty(),
                "{} {}",
                call.method,
                call.path
            );
            assert!(!call.answers.is_empty(), "{} {}", call.method, call.path);
        }
        let create = calls
            .iter()
            .find(|c| c.method == "POST" && c.path == "/api/v1/users")
            .expect("it is there");
        assert_eq!(create.permission, "Admin");
        let role = create.fields.iter().find(|f| f.name == "role").expect("a field");
        assert_eq!(
            (role.kind.as_str(), role.required),
            ("Admin | Manager | Sales | Technician | Warehouse", true)
        );
        assert!(create.body.contains("\"username\""), "{}", create.body);
    }
}
