//! Care of the catalogue: many models changed at once, and two records of one model made one.

use super::bulk::{steps, ticked};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors, link};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::catalog::bulk::{self, BulkChange};
use app::catalog::merge::{self, MergeModelInto, MergePreview};
use app::catalog::{self, ProductModel};
use app::{PageRequest, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{CatalogChangeId, Category, Grade, Money, ProductModelId};
use http::StatusCode;

/// templates/pages/models_bulk.html
#[derive(Debug, Template)]
#[template(path = "pages/models_bulk.html")]
pub struct ModelsBulk {
    frame: Frame,
    is_prices: bool,
    action: String,
    ids: Vec<String>,
    form: Form,
    steps: Vec<Choice>,
    grades: Vec<Choice>,
    categories: Vec<Choice>,
    summary: String,
    /// How many stay without a price; empty for none.
    without_price: String,
    rows: Vec<PreviewRow>,
    sees_margin: bool,
    hidden: Vec<(String, String)>,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct PreviewRow {
    title: String,
    href: String,
    field: String,
    old: String,
    new: String,
    margin: String,
    loss: bool,
}

/// The command that a form of this page says.
fn command(form: &Form) -> Result<BulkChange, Refusal> {
    let mut change: BulkChange = form.parse(&["id", "grade", "action", "preview"])?;
    change.product_model_ids = ticked(form);
    change.grades = form.all("grade").filter_map(|g| g.parse().ok()).collect();
    Ok(change)
}

/// `Grade A`, `Operating system`
fn field_words(field: &str) -> String {
    match field.strip_prefix("default_price_grade_") {
        Some(grade) => format!("Grade {}", grade.to_uppercase()),
        None => {
            let words = field.replace('_', " ");
            words.get(..1).unwrap_or_default().to_uppercase() + words.get(1..).unwrap_or_default()
        }
    }
}

/// A value as it is read: money with its thousands apart.
fn shown(field: &str, value: Option<String>) -> String {
    let value = value.unwrap_or_else(|| "–".into());
    if field.starts_with("default_price") {
        return Money::parse(&value).map_or(value, Money::grouped);
    }
    value
}

async fn bulk_page(
    state: &AppState,
    visitor: Visitor,
    form: Form,
    mut errors: Errors,
) -> Result<ModelsBulk, Refusal> {
    let ids: Vec<ProductModelId> = ticked(&form);
    let is_prices = form.get("action") != "details";
    let mut summary = String::new();
    let mut without_price = String::new();
    let mut rows = Vec::new();
    if form.is_on("preview") && errors == Errors::default() {
        let seen = match command(&form) {
            Ok(change) => bulk::preview(&state.shop, &visitor.actor, &change).await,
            Err(refusal) => Err(refusal),
        };
        match seen {
            Ok(seen) => {
                summary = seen.summary;
                without_price = match seen.without_price {
                    0 => String::new(),
                    1 => "1 of them has no price in one of these grades. It stays without: choose “Set to” to give it one.".into(),
                    n => format!("{n} of them have no price in one of these grades. They stay without: choose “Set to” to give them one."),
                };
                rows = seen
                    .rows
                    .into_iter()
                    .map(|row| PreviewRow {
                        title: row.title,
                        href: format!("/models/{}", row.product_model_id),
                        old: shown(&row.field, row.old_value),
                        new: shown(&row.field, row.new_value),
                        margin: row.margin.map(Money::grouped).unwrap_or_default(),
                        loss: row.margin.is_some_and(Money::is_negative),
                        field: field_words(&row.field),
                    })
                    .collect();
                if rows.is_empty() {
                    errors.summary =
                        "Nothing would change: these models are like that already, or have no price in these grades.".into();
                }
            }
            Err(refusal) => errors = Errors::from_refusal(refusal)?,
        }
    }
    let hidden = form
        .pairs()
        .filter(|(name, value)| *name != "preview" && *name != "form_key" && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let chosen: Vec<&str> = form.all("grade").collect();
    Ok(ModelsBulk {
        is_prices,
        action: form.get("action").into(),
        ids: ids.iter().map(ToString::to_string).collect(),
        steps: steps(form.get("step")),
        grades: Grade::ALL
            .iter()
            .map(|grade| Choice {
                value: grade.to_string(),
                label: format!("Grade {grade}"),
                selected: chosen.contains(&grade.as_str()),
            })
            .collect(),
        categories: Choice::list(Category::ALL.iter().map(|c| (*c, *c)), form.get("category")),
        sees_margin: visitor.frame.sees_margin() && is_prices,
        summary,
        without_price,
        rows,
        hidden,
        form_key: form_key(),
        frame: visitor.frame.titled(if is_prices {
            "Change prices of models"
        } else {
            "Change details of models"
        }),
        form,
        errors,
    })
}

/// `GET /models/bulk`: what changes, and with `preview` what it would make.
pub async fn ask(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes())?;
    show(&bulk_page(&state, visitor, form, Errors::default()).await?)
}

/// `POST /models/bulk`
pub async fn change(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/models/bulk");
    let outcome = match command(&form) {
        Ok(change) => bulk::make(&state.shop, &visitor.actor, change).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(
            "/models/changes",
            Some(("good", "The models were changed. You can take it back here.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = bulk_page(&state, visitor, form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// templates/pages/model_changes.html
#[derive(Debug, Template)]
#[template(path = "pages/model_changes.html")]
pub struct ModelChanges {
    pub(super) frame: Frame,
    pub(super) path: &'static str,
    pub(super) back_title: &'static str,
    pub(super) back_href: &'static str,
    /// What is changed: the head of their number.
    pub(super) what: &'static str,
    pub(super) rows: Vec<ChangeRow>,
    pub(super) next_href: String,
    pub(super) form_key: String,
    pub(super) errors: Errors,
}

/// A change of many records, and whether it was taken back.
#[derive(Debug)]
pub(super) struct ChangeRow {
    pub(super) id: i32,
    pub(super) summary: String,
    pub(super) records: i64,
    pub(super) who: String,
    pub(super) when: String,
    pub(super) undone: String,
}

async fn changes_page(
    state: &AppState,
    visitor: Visitor,
    query: &str,
    errors: Errors,
) -> Result<ModelChanges, Refusal> {
    let asked = Form::parse_bytes(query.as_bytes()).unwrap_or_default();
    let request = PageRequest {
        limit: 50,
        cursor: Some(asked.get("cursor").to_owned()).filter(|c| !c.is_empty()),
        ..PageRequest::default()
    };
    let page = bulk::changes(&state.shop, &visitor.actor, &request).await?;
    let when = |instant| super::invoices::when(&state.shop, instant);
    Ok(ModelChanges {
        path: "/models/changes",
        back_title: "Product models",
        back_href: "/models",
        what: "Models",
        next_href: (page.next_cursor)
            .map(|c| link("/models/changes", &[("cursor", &c)]))
            .unwrap_or_default(),
        rows: page
            .data
            .into_iter()
            .map(|change| ChangeRow {
                id: change.id.get(),
                summary: change.summary,
                records: change.models,
                who: change.made_by_name.unwrap_or_default(),
                when: when(change.made_at),
                undone: change.undone_at.map(when).unwrap_or_default(),
            })
            .collect(),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Bulk changes"),
    })
}

/// `GET /models/changes`
pub async fn changes(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    show(&changes_page(&state, visitor, &query.unwrap_or_default(), Errors::default()).await?)
}

/// `POST /models/changes/{id}/undo`
pub async fn undo(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CatalogChangeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/models/changes/{id}/undo"));
    match bulk::undo(&state.shop, &visitor.actor, id).await {
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(
            "/models/changes",
            Some(("good", "The models are as they were before.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = changes_page(&state, visitor, "", errors).await?;
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}

/// templates/pages/model_duplicates.html
#[derive(Debug, Template)]
#[template(path = "pages/model_duplicates.html")]
pub struct ModelDuplicates {
    frame: Frame,
    groups: Vec<Vec<Same>>,
}

#[derive(Debug)]
struct Same {
    title: String,
    detail: String,
    href: String,
    merge_href: String,
}

fn described(model: &ProductModel) -> String {
    match model.specs() {
        specs if specs.is_empty() => format!("Number {}", model.id),
        specs => format!("Number {} · {specs}", model.id),
    }
}

/// `GET /models/duplicates`
pub async fn duplicates(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let groups = merge::duplicates(&state.shop, &visitor.actor).await?;
    show(&ModelDuplicates {
        frame: visitor.frame.titled("Models recorded twice"),
        groups: groups
            .into_iter()
            .map(|group| {
                // The oldest record stays unless somebody chooses otherwise.
                let kept = group.models.first().map(|m| m.id);
                let merge_href = |model: &ProductModel| match kept {
                    Some(kept) if kept != model.id => format!("/models/{}/merge?into={kept}", model.id),
                    _ => String::new(),
                };
                group
                    .models
                    .iter()
                    .map(|model| Same {
                        title: model.title(),
                        detail: described(model),
                        href: format!("/models/{}", model.id),
                        merge_href: merge_href(model),
                    })
                    .collect()
            })
            .collect(),
    })
}

/// templates/pages/model_merge.html
#[derive(Debug, Template)]
#[template(path = "pages/model_merge.html")]
pub struct ModelMerge {
    frame: Frame,
    name: String,
    action: String,
    back_href: String,
    q: String,
    others: Vec<Same>,
    preview: Option<Shown>,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct Shown {
    into: ProductModelId,
    rows: Vec<[String; 3]>,
    moves: String,
    button: String,
    swap_href: String,
}

fn shown_merge(preview: MergePreview) -> Shown {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let money = |value: Option<Money>| value.map(Money::grouped).unwrap_or_default();
    let fields = |m: &ProductModel| {
        [
            ("Number", m.id.to_string()),
            ("Kind", m.category.to_string()),
            ("Brand", m.brand.clone()),
            ("Model", m.model_name.clone()),
            ("Processor", text(&m.cpu)),
            ("Memory", text(&m.ram)),
            ("Storage", text(&m.storage)),
            ("Screen", text(&m.screen_size)),
            ("Graphics", text(&m.gpu)),
            ("Operating system", text(&m.operating_system)),
            ("Price, grade A", money(m.default_price_grade_a)),
            ("Price, grade B", money(m.default_price_grade_b)),
            ("Price, grade C", money(m.default_price_grade_c)),
        ]
    };
    let called = |table: &str, rows: i64| match (table, rows) {
        ("assets", 1) => "1 device".to_owned(),
        ("assets", n) => format!("{n} devices"),
        ("preorders", 1) => "1 preorder".to_owned(),
        ("preorders", n) => format!("{n} preorders"),
        (_, 1) => "1 item of the bundle".to_owned(),
        (_, n) => format!("{n} items of the bundle"),
    };
    let moves: Vec<String> = preview
        .moves
        .iter()
        .filter(|(_, rows)| **rows > 0)
        .map(|(table, rows)| called(table, *rows))
        .collect();
    Shown {
        into: preview.kept.id,
        rows: fields(&preview.gone)
            .into_iter()
            .zip(fields(&preview.kept))
            .map(|((name, gone), (_, kept))| [name.to_owned(), gone, kept])
            .filter(|row| !row[1].is_empty() || !row[2].is_empty())
            .collect(),
        moves: if moves.is_empty() {
            "No devices are of it.".into()
        } else {
            format!("These move: {}.", moves.join(", "))
        },
        button: format!("Merge into number {}", preview.kept.id),
        swap_href: format!("/models/{}/merge?into={}", preview.kept.id, preview.gone.id),
    }
}

async fn merge_page(
    state: &AppState,
    visitor: Visitor,
    id: ProductModelId,
    query: &Form,
    mut errors: Errors,
) -> Result<ModelMerge, Refusal> {
    let model = catalog::find(&state.shop, id).await?;
    let q = query.get("q").trim().to_owned();
    let preview = match query.get("into").parse::<ProductModelId>() {
        Err(_) => None,
        Ok(into) => match merge::preview(&state.shop, &visitor.actor, id, into).await {
            Ok(preview) => Some(shown_merge(preview)),
            Err(refusal) => {
                errors = Errors::from_refusal(refusal)?;
                None
            }
        },
    };
    let mut others = Vec::new();
    if preview.is_none() {
        let found = if q.is_empty() {
            merge::duplicates_of(&state.shop, &model).await?
        } else {
            let request = PageRequest {
                limit: 20,
                q: Some(q.clone()),
                ..PageRequest::default()
            };
            app::lists::page::<ProductModel>(&state.shop, &catalog::LIST, &request)
                .await?
                .data
        };
        others = found
            .iter()
            .filter(|other| other.id != id)
            .map(|other| Same {
                title: other.title(),
                detail: described(other),
                href: format!("/models/{id}/merge?into={}", other.id),
                merge_href: String::new(),
            })
            .collect();
    }
    Ok(ModelMerge {
        name: model.title(),
        action: format!("/models/{id}/merge"),
        back_href: format!("/models/{id}"),
        q,
        others,
        preview,
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Merge the model"),
    })
}

/// `GET /models/{id}/merge`, with `?q=` to find the other one and `?into=` to look at what a merge makes.
pub async fn ask_merge(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&merge_page(&state, visitor, id, &query, Errors::default()).await?)
}

/// `POST /models/{id}/merge`
pub async fn merge_models(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ProductModelId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/models/{id}/merge"));
    let outcome = match form.parse::<MergeModelInto>(&[]) {
        Ok(into) => merge::merge(&state.shop, &visitor.actor, id, into)
            .await
            .map(|model| model.id.to_string()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(kept) => Ok(redirect(
            &format!("/models/{kept}"),
            Some(("good", "The models are one now.")),
        )),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/models/{id}"), None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = merge_page(&state, visitor, id, &form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
