//! Warranty claims: the list, the form on a warranty, one claim with its decisions.

use super::invoices::when;
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::claims::{self, Completion, Denial, NewClaim, WarrantyClaim};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::claim::Settlement;
use domain::{ClaimOutcome, ClaimStatus, ListName, Money, WarrantyClaimId, WarrantyId};
use http::StatusCode;

impl Listed for WarrantyClaim {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.claim_number.clone()
    }
    fn href(&self) -> String {
        format!("/claims/{}", self.id)
    }
    fn leads_to(&self, column: &str, _: &Actor) -> String {
        match column {
            "warranty_number" => format!("/warranties/{}", self.warranty_id),
            _ => String::new(),
        }
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Claims,
    path: "/claims",
    spec: &claims::LIST,
    title: "Warranty claims",
    row: "Claim",
    row_sort: "id",
    search: "Claim, warranty, serial or customer",
};

pub(super) fn claim_chip(status: ClaimStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

/// `GET /claims`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move {
        app::lists::page::<WarrantyClaim>(&shop, &claims::LIST, &request).await
    };
    let (listing, page) = match Listing::<WarrantyClaim>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    listing
        .view(&state, visitor, &page)
        .back("Warranties", "/warranties")
        .select("Status", "status", ClaimStatus::ALL.iter().map(|s| (s, s)))
        .select("Outcome", "outcome", ClaimOutcome::ALL.iter().map(|o| (o, o)))
        .day("From", "from")
        .day("To", "to")
        .named("open", "Open", String::new())
        .named("warranty_id", "Warranty", String::new())
        .named("customer_id", "Customer", String::new())
        .named("asset_id", "Device", String::new())
        .named("product_model_id", "Model", String::new())
        .empty(
            "No claim is like that",
            "No claim yet",
            "A claim begins on the page of its warranty.",
            "shield-check",
        )
        .offer(true, "Show warranties", "/warranties")
        .show()
}

/// templates/pages/claim_form.html
#[derive(Debug, Template)]
#[template(path = "pages/claim_form.html")]
pub struct ClaimForm {
    frame: Frame,
    warranty_id: String,
    number: String,
    device: String,
    customer: String,
    covered: bool,
    verdict: String,
    form: Form,
    form_key: String,
    errors: Errors,
}

async fn form_page(
    state: &AppState,
    visitor: Visitor,
    id: WarrantyId,
    form: Form,
    errors: Errors,
) -> Result<ClaimForm, Refusal> {
    let warranty = app::warranties::find(&state.shop, id).await?;
    let (covered, verdict) = app::warranties::verdict(&warranty, state.shop.today());
    Ok(ClaimForm {
        warranty_id: id.to_string(),
        number: warranty.warranty_number,
        device: warranty.item_description.unwrap_or_default(),
        customer: warranty.customer_name,
        covered,
        verdict,
        form,
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Submit a claim"),
    })
}

/// `GET /warranties/{id}/claim`
pub async fn new(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<WarrantyId>,
) -> PageResult {
    show(&form_page(&state, visitor, id, Form::default(), Errors::default()).await?)
}

/// `POST /warranties/{id}/claim`
pub async fn submit(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<WarrantyId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/warranties/{id}/claim"));
    let fields = Form::from_pairs([
        ("warranty_id", id.to_string()),
        ("issue_description", form.get("issue_description").to_owned()),
        ("notes", form.get("notes").to_owned()),
    ]);
    let outcome = match fields.parse::<NewClaim>(&[]) {
        Ok(new) => claims::submit(&state.shop, &visitor.actor, new).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(claim) => Ok(redirect(
            &format!("/claims/{}", claim.id),
            Some(("good", "The claim is submitted. A Manager decides.")),
        )),
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&format!("/claims/{id}"), None))
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor, id, form, errors).await?,
            )
        }
    }
}

/// templates/pages/claim.html
#[derive(Debug, Template)]
#[template(path = "pages/claim.html")]
pub struct Claim {
    frame: Frame,
    id: String,
    number: String,
    title: String,
    chip: Chip,
    sub: String,
    issue: String,
    notes: String,
    denial: String,
    facts: Vec<(&'static str, String, String)>,
    costs: Vec<(&'static str, String)>,
    events: Vec<Event>,
    may_decide: bool,
    may_complete: bool,
    outcomes: Vec<Choice>,
    form: Form,
    form_key: String,
    errors: Errors,
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    id: WarrantyClaimId,
    form: Form,
    errors: Errors,
) -> Result<Claim, Refusal> {
    let Visitor { actor, frame } = visitor;
    let claim = claims::find(&state.shop, id).await?;
    let sees_invoices = actor.can(Capability::ViewInvoices);
    let invoice_link = |href: Option<String>| href.filter(|_| sees_invoices).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let facts = vec![
        (
            "Warranty",
            claim.warranty_number.clone(),
            format!("/warranties/{}", claim.warranty_id),
        ),
        (
            "Device",
            text(&claim.asset_tag),
            claim
                .asset_id
                .map(|a| format!("/devices/{a}"))
                .unwrap_or_default(),
        ),
        ("Serial number", text(&claim.serial_number), String::new()),
        (
            "Customer",
            claim.customer_name.clone(),
            format!("/customers/{}", claim.customer_id),
        ),
        (
            "Phone",
            claim
                .customer_phone
                .as_deref()
                .map(|p| frame.phone(p))
                .unwrap_or_default(),
            String::new(),
        ),
        (
            "Repair ticket",
            text(&claim.ticket_number),
            claim
                .repair_ticket_id
                .map(|t| format!("/repairs/{t}"))
                .unwrap_or_default(),
        ),
        (
            "Outcome",
            claim.outcome.map(|o| o.to_string()).unwrap_or_default(),
            String::new(),
        ),
        (
            "Replacement",
            text(&claim.replacement_asset_tag),
            claim
                .replacement_asset_id
                .map(|a| format!("/devices/{a}"))
                .unwrap_or_default(),
        ),
        (
            "Its invoice",
            text(&claim.replacement_invoice_number),
            invoice_link(claim.replacement_invoice_id.map(|i| format!("/invoices/{i}"))),
        ),
        (
            "Its warranty",
            text(&claim.replacement_warranty_number),
            claim
                .replacement_warranty_id
                .map(|w| format!("/warranties/{w}"))
                .unwrap_or_default(),
        ),
        (
            "Return",
            text(&claim.return_number),
            invoice_link(claim.return_id.map(|r| format!("/returns/{r}"))),
        ),
    ];
    let moment = |icon: &str, tone: &str, title: String, detail: String, who: &Option<String>, at| Event {
        icon: icon.into(),
        tone: tone.into(),
        title,
        detail,
        who: who.clone().unwrap_or_default(),
        when: when(&state.shop, at),
        when_iso: at.to_rfc3339(),
        href: String::new(),
    };
    let mut events = Vec::new();
    if claim.status == ClaimStatus::Completed {
        let what = claim.outcome.map(|o| o.to_string()).unwrap_or_default();
        events.push(moment(
            "check",
            "good",
            "Completed".into(),
            what,
            &None,
            claim.updated_at,
        ));
    }
    if let Some(at) = claim.decided_at {
        let (icon, tone, title) = match claim.status {
            ClaimStatus::Denied => ("circle-x", "bad", "Denied"),
            _ => ("circle-check", "info", "Approved"),
        };
        let why = text(&claim.denial_reason);
        events.push(moment(icon, tone, title.into(), why, &claim.decided_by_name, at));
    }
    events.push(moment(
        "shield-check",
        "neutral",
        "Submitted".into(),
        String::new(),
        &claim.submitted_by_name,
        claim.created_at,
    ));
    let decides = actor.can(Capability::DecideClaim);
    let costs = match (actor.can(Capability::SeePurchaseCost), claim.total_cost) {
        (true, Some(total)) => {
            let money = |m: Option<Money>| m.unwrap_or(Money::ZERO).grouped();
            vec![
                ("Labour", money(claim.labor_cost)),
                ("Parts", money(claim.parts_cost)),
                ("Cost to the shop", total.grouped()),
            ]
        }
        _ => Vec::new(),
    };
    Ok(Claim {
        id: id.to_string(),
        title: claim
            .device
            .clone()
            .unwrap_or_else(|| claim.warranty_number.clone()),
        chip: claim_chip(claim.status),
        sub: format!(
            "Claimed on {} by {}",
            long_date(claim.claim_date),
            claim.customer_name
        ),
        issue: claim.issue_description.clone(),
        notes: text(&claim.notes),
        denial: text(&claim.denial_reason),
        facts: facts
            .into_iter()
            .filter(|(_, value, _)| !value.is_empty())
            .collect(),
        costs,
        events,
        may_decide: decides && claim.status == ClaimStatus::Submitted,
        may_complete: decides && claim.status == ClaimStatus::Approved,
        outcomes: Choice::list(Settlement::ALL.iter().map(|s| (s, s)), form.get("outcome")),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled(claim.claim_number.clone()),
        number: claim.claim_number,
    })
}

/// `GET /claims/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<WarrantyClaimId>,
) -> PageResult {
    show(&page(&state, visitor, id, Form::default(), Errors::default()).await?)
}

async fn after(
    state: &AppState,
    visitor: Visitor,
    id: WarrantyClaimId,
    form: Form,
    word: &str,
    outcome: Result<WarrantyClaim, Refusal>,
) -> PageResult {
    match outcome {
        Ok(_) => Ok(redirect(&format!("/claims/{id}"), Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/claims/{id}"), None)),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CONFLICT,
            };
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                if error.name == "replacement_asset_id" {
                    error.name = "replacement".into();
                    error.label = "Replacement".into();
                }
            }
            show_with(status, &page(state, visitor, id, form, errors).await?)
        }
    }
}

/// `POST /claims/{id}/approve`
pub async fn approve(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<WarrantyClaimId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/claims/{id}/approve"));
    let outcome = claims::approve(&state.shop, &visitor.actor, id).await;
    after(
        &state,
        visitor,
        id,
        form,
        "The claim is approved and its repair ticket is open.",
        outcome,
    )
    .await
}

/// `POST /claims/{id}/deny`
pub async fn deny(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<WarrantyClaimId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/claims/{id}/deny"));
    let outcome = match form.parse::<Denial>(&[]) {
        Ok(why) => claims::deny(&state.shop, &visitor.actor, id, why).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The claim is denied.", outcome).await
}

/// `POST /claims/{id}/complete`
pub async fn complete(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<WarrantyClaimId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/claims/{id}/complete"));
    let outcome = match completion(&state, &form).await {
        Ok(end) => claims::complete(&state.shop, &visitor.actor, id, end).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The claim is completed.", outcome).await
}

async fn completion(state: &AppState, form: &Form) -> Result<Completion, Refusal> {
    let mut end: Completion = form.parse(&["replacement"])?;
    let code = form.get("replacement").trim();
    if !code.is_empty() {
        let found = app::assets::by_code(&state.shop, code).await?;
        end.replacement_asset_id = Some(found.ok_or_else(|| {
            Refusal::invalid(
                "/replacement",
                "No device has this tag or serial number: read it again.",
            )
        })?);
    }
    Ok(end)
}
