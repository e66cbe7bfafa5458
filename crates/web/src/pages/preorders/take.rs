//! Taking a preorder.

use super::plain_amount;
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::{PageResult, show, show_with};
use app::preorders::{self, NewPreorder};
use app::{PageRequest, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::Grade;
use http::StatusCode;

/// templates/pages/preorder_form.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder_form.html")]
pub struct NewPage {
    frame: Frame,
    form: Form,
    found: Vec<FoundCustomer>,
    looked: bool,
    models: Vec<Choice>,
    grades: Vec<Choice>,
    policy: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct FoundCustomer {
    id: String,
    name: String,
    phone: String,
    chosen: bool,
}

async fn new_page(
    state: &AppState,
    visitor: Visitor,
    mut form: Form,
    errors: Errors,
) -> Result<NewPage, Refusal> {
    let settings = state.shop.settings().await?;
    let known = form.get("customer_id").to_owned();
    let mut found = Vec::new();
    if let Ok(id) = known.parse() {
        found.push(app::customers::find(&state.shop, id).await?);
    } else if !form.get("find").trim().is_empty() {
        let request = PageRequest {
            limit: 6,
            q: Some(form.get("find").trim().into()),
            ..PageRequest::default()
        };
        found = app::customers::page(&state.shop, &visitor.actor, &request)
            .await?
            .data;
    }
    if form.names().next().is_none() || form.get("deposit_amount").is_empty() {
        let mut pairs: Vec<(String, String)> = form
            .names()
            .map(|n| (n.to_owned(), form.get(n).to_owned()))
            .collect();
        pairs.retain(|(name, _)| name != "deposit_amount");
        pairs.push(("deposit_amount".into(), settings.preorder_deposit.to_string()));
        form = pairs.into_iter().collect();
    }
    let request = PageRequest {
        limit: 200,
        ..PageRequest::default()
    };
    let models = app::lists::page::<app::catalog::ProductModel>(&state.shop, &app::catalog::LIST, &request)
        .await?
        .data;
    let label = |m: &app::catalog::ProductModel| {
        [
            Some(domain::catalog::title(&m.brand, &m.model_name)),
            m.cpu.clone(),
            m.ram.clone(),
            m.storage.clone(),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
    };
    Ok(NewPage {
        looked: !form.get("find").trim().is_empty() && known.is_empty(),
        found: found
            .iter()
            .map(|c| FoundCustomer {
                id: c.id.to_string(),
                name: c.business_name.as_ref().map_or(c.full_name.clone(), |b| format!("{} ({b})", c.full_name)),
                phone: visitor.frame.phone(&c.phone),
                chosen: known == c.id.to_string(),
            })
            .collect(),
        models: Choice::list(models.iter().map(|m| (m.id, label(m))), form.get("product_model_id")),
        grades: Choice::list(Grade::ALL.iter().map(|g| (g.as_str(), format!("Grade {g}"))), form.get("wanted_grade")),
        policy: settings.preorder_policy.clone().unwrap_or_else(|| {
            "Deposit applied toward purchase. If rejected, the shop may resell before reimbursing. The customer owes any shortfall.".into()
        }),
        form_key: form_key(),
        form,
        errors,
        frame: visitor.frame.titled("New preorder"),
    })
}

/// `GET /preorders/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&new_page(&state, visitor, asked, Errors::default()).await?)
}

fn new_wish(form: &Form) -> Result<NewPreorder, Refusal> {
    let money = [
        "target_price_min",
        "target_price_max",
        "agreed_price",
        "deposit_amount",
    ];
    let fields = form
        .names()
        .filter(|n| !["find", "act", "full_name", "phone"].contains(n))
        .map(|name| {
            let value = form.get(name);
            (
                name.to_owned(),
                if money.contains(&name) {
                    plain_amount(value)
                } else {
                    value.to_owned()
                },
            )
        });
    let mut wish: NewPreorder = Form::from_pairs(fields).parse(&[])?;
    if wish.customer_id.is_none()
        && !(form.get("full_name").trim().is_empty() && form.get("phone").trim().is_empty())
    {
        let fields = ["full_name", "phone"].map(|name| (name, form.get(name).to_owned()));
        wish.customer = Some(Form::from_pairs(fields).parse(&[])?);
    }
    Ok(wish)
}

/// `POST /preorders/new`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    // Enter in any field presses the first button, which is the one that finds: with nothing to find the preorder is meant.
    if form.get("act") == "find" && !form.get("find").trim().is_empty() {
        return show(&new_page(&state, visitor, form, Errors::default()).await?);
    }
    visitor.actor.request.idempotency = form.idempotency("/preorders/new");
    let outcome = match new_wish(&form) {
        Ok(wish) => preorders::create(&state.shop, &visitor.actor, wish).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(detail) => {
            let text = format!(
                "{} is taken. Take its deposit next.",
                detail.preorder.preorder_number
            );
            Ok(redirect(
                &format!("/preorders/{}", detail.preorder.id),
                Some(("good", &text)),
            ))
        }
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&format!("/preorders/{id}"), None))
        }
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                if error.name == "customer_id" || error.name == "customer" {
                    error.name = "find".into();
                    error.label = "Customer".into();
                }
            }
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &new_page(&state, visitor, form, errors).await?,
            )
        }
    }
}
