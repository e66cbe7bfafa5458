//! Short lists of names under Settings, edited in place: locations and lead sources.

use crate::components::Errors;
use crate::form::{Form, form_key};
use crate::frame::Frame;
use askama::Template;

/// templates/pages/names.html
#[derive(Debug, Template)]
#[template(path = "pages/names.html")]
pub struct Names {
    frame: Frame,
    kind: &'static NamesKind,
    rows: Vec<NameRow>,
    new_name: String,
    new_description: String,
    form_key: String,
    errors: Errors,
}

/// What such a list is.
#[derive(Debug)]
pub struct NamesKind {
    /// Title of the page.
    pub title: &'static str,
    /// What the list is for.
    pub sub: &'static str,
    /// Address of the list; a row is changed at `ACTION/ID`.
    pub action: &'static str,
    /// The field that holds the name.
    pub name_field: &'static str,
    /// Head and button of the form for a new one.
    pub add_label: &'static str,
    /// Icon of the empty list.
    pub icon: &'static str,
    /// Whether rows can be switched off.
    pub can_deactivate: bool,
}

/// A row, which opens as a form.
#[derive(Debug, Clone)]
pub struct NameRow {
    /// Number.
    pub id: i32,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it is still offered.
    pub is_active: bool,
    /// Whether its form is open, because a change was refused.
    pub open: bool,
    /// Why the change was refused.
    pub error: String,
}

impl NameRow {
    /// A row as it is stored.
    pub fn new(id: i32, name: String, description: Option<String>, is_active: bool) -> Self {
        NameRow {
            id,
            name,
            description: description.unwrap_or_default(),
            is_active,
            open: false,
            error: String::new(),
        }
    }
}

/// What was typed and refused.
#[derive(Debug)]
pub enum Typed {
    /// Nothing yet.
    Nothing,
    /// A new name.
    New(Form, Errors),
    /// A change of the row with this number.
    Change(i32, Form, Errors),
}

impl Names {
    /// The page with its rows, and what was typed shown again.
    pub fn new(frame: Frame, kind: &'static NamesKind, mut rows: Vec<NameRow>, typed: Typed) -> Self {
        let (mut form, mut errors) = (Form::default(), Errors::default());
        match typed {
            Typed::Nothing => {}
            Typed::New(typed, wrong) => (form, errors) = (typed, wrong),
            Typed::Change(id, typed, wrong) => {
                if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
                    row.open = true;
                    row.name = typed.get(kind.name_field).into();
                    row.description = typed.get("description").into();
                    row.is_active = !kind.can_deactivate || typed.is_on("is_active");
                    row.error = wrong
                        .list
                        .first()
                        .map_or(wrong.summary.clone(), |e| format!("{}: {}", e.label, e.text));
                }
            }
        }
        Names {
            frame: frame.titled(kind.title),
            kind,
            rows,
            new_name: form.get(kind.name_field).into(),
            new_description: form.get("description").into(),
            form_key: form_key(),
            errors,
        }
    }
}
