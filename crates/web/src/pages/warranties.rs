//! Warranties: the list, the certificate, and the public page behind a QR code.

use super::invoices::{pdf, warranty_chip};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, PlainFrame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::sales::{PublicCheck, public_check};
use app::warranties::{self, Voiding, Warranty};
use app::{Actor, Capability};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::{ListName, WarrantyId, WarrantyStatus, WarrantyTier};

impl Listed for Warranty {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.warranty_number.clone()
    }
    fn href(&self) -> String {
        format!("/warranties/{}", self.id)
    }
    fn leads_to(&self, column: &str, actor: &Actor) -> String {
        match column {
            "invoice_number" if actor.can(Capability::ViewInvoices) => {
                format!("/invoices/{}", self.invoice_id)
            }
            _ => String::new(),
        }
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Warranties,
    path: "/warranties",
    spec: &warranties::LIST,
    title: "Warranties",
    row: "Warranty",
    row_sort: "id",
    search: "Serial, tag, phone, invoice, number or name",
};

#[derive(Debug)]
struct VerdictRow {
    covered: bool,
    what: String,
    text: String,
    href: String,
}

/// The verdicts on what was typed: nothing for a name, which a look-up does not know, and no "never" beside what the list has found.
async fn verdicts(state: &AppState, q: &str, listed: bool) -> Result<Vec<VerdictRow>, app::Refusal> {
    if q.is_empty() {
        return Ok(Vec::new());
    }
    let found = warranties::look_up(&state.shop, q).await?;
    if found.is_empty() && !listed && q.chars().any(|c| c.is_ascii_digit()) {
        return Ok(vec![VerdictRow {
            covered: false,
            what: q.to_owned(),
            text: warranties::NEVER_SOLD.to_owned(),
            href: String::new(),
        }]);
    }
    Ok(found
        .into_iter()
        .map(|v| VerdictRow {
            covered: v.covered,
            what: [v.device, v.serial_number]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            text: v.verdict,
            href: v
                .warranty
                .map(|w| format!("/warranties/{}", w.id))
                .unwrap_or_default(),
        })
        .collect())
}

/// `GET /warranties`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move { warranties::list(&shop, &request).await };
    let (listing, page) = match Listing::<Warranty>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let q = listing.request().q.clone().unwrap_or_default();
    let verdicts = verdicts(&state, q.trim(), !page.data.is_empty()).await?;
    let customer = match listing.filter("customer_id").parse() {
        Ok(id) => app::customers::find(&state.shop, id)
            .await
            .map(|c| c.full_name)
            .unwrap_or_default(),
        Err(_) => String::new(),
    };
    let sees_claims = visitor.actor.can(Capability::ViewClaims);
    let view = listing
        .view(&state, visitor, &page)
        .subline("What was promised, for which device, until when.")
        .action(sees_claims, "Claims", "/claims", "clipboard-check")
        .select(
            "Status",
            "status",
            WarrantyStatus::ALL.iter().map(|s| (s.as_str(), s.as_str())),
        )
        .select(
            "Tier",
            "warranty_tier",
            WarrantyTier::ALL.iter().map(|t| (t.as_str(), t.as_str())),
        )
        .day("Ends from", "ends_from")
        .day("Ends to", "ends_to")
        .named("customer_id", "Customer", customer)
        .named("asset_id", "Device", String::new())
        .named("invoice_id", "Invoice", String::new())
        .empty(
            "No warranty is like that",
            "No warranties yet",
            "Each device sold to a customer with a name and phone gets one.",
            "shield-check",
        );
    verdicts
        .into_iter()
        .fold(view, |view, v| view.notice(v.covered, v.what, v.href, v.text))
        .show()
}

/// `GET /warranties/{id}/document.pdf`
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<WarrantyId>,
) -> PageResult {
    let printed = warranties::print(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// templates/pages/warranty.html
#[derive(Debug, Template)]
#[template(path = "pages/warranty.html")]
pub struct WarrantyPage {
    frame: Frame,
    id: String,
    number: String,
    title: String,
    sub: String,
    chip: Chip,
    covered: bool,
    verdict: String,
    covers: String,
    excludes: String,
    facts: Vec<(&'static str, String, String)>,
    claims: Vec<ClaimRow>,
    may_claim: bool,
    may_repair: bool,
    repair_href: String,
    may_void: bool,
    form: Form,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct ClaimRow {
    href: String,
    number: String,
    date: String,
    issue: String,
    chip: Chip,
    outcome: String,
}

async fn warranty_page(
    state: &AppState,
    visitor: Visitor,
    id: WarrantyId,
    form: Form,
    errors: Errors,
) -> Result<WarrantyPage, app::Refusal> {
    let Visitor { actor, frame } = visitor;
    let w = warranties::find(&state.shop, id).await?;
    let today = state.shop.today();
    let (covered, verdict) = warranties::verdict(&w, today);
    let sees_claims = actor.can(Capability::ViewClaims);
    let claims = warranties::claims(&state.shop, id).await?;
    let carried = match w.replaces_warranty_id {
        Some(old) => Some(warranties::find(&state.shop, old).await?),
        None => None,
    };
    let facts = vec![
        (
            "Customer",
            w.customer_name.clone(),
            format!("/customers/{}", w.customer_id),
        ),
        (
            "Device",
            w.asset_tag.clone().unwrap_or_default(),
            w.asset_id.map(|a| format!("/devices/{a}")).unwrap_or_default(),
        ),
        (
            "Serial number",
            w.serial_number.clone().unwrap_or_default(),
            String::new(),
        ),
        (
            "Invoice",
            w.invoice_number.clone(),
            match actor.can(Capability::ViewInvoices) {
                true => format!("/invoices/{}", w.invoice_id),
                false => String::new(),
            },
        ),
        ("From", long_date(w.start_date), String::new()),
        ("Until", long_date(w.end_date), String::new()),
        (
            "Carries on",
            carried
                .as_ref()
                .map(|c| c.warranty_number.clone())
                .unwrap_or_default(),
            carried
                .as_ref()
                .map(|c| format!("/warranties/{}", c.id))
                .unwrap_or_default(),
        ),
    ];
    Ok(WarrantyPage {
        id: id.to_string(),
        title: w
            .item_description
            .clone()
            .unwrap_or_else(|| w.warranty_number.clone()),
        sub: format!("{} warranty of {}", w.warranty_tier, w.customer_name),
        chip: warranty_chip(w.status),
        covered,
        verdict,
        covers: w.coverage_details.clone().unwrap_or_default(),
        excludes: w.exclusions.clone().unwrap_or_default(),
        facts: facts
            .into_iter()
            .filter(|(_, value, _)| !value.is_empty())
            .collect(),
        claims: claims
            .into_iter()
            .map(|c| ClaimRow {
                href: if sees_claims {
                    format!("/claims/{}", c.id)
                } else {
                    String::new()
                },
                number: c.claim_number,
                date: long_date(c.claim_date),
                issue: c.issue_description,
                chip: super::claims::claim_chip(c.status),
                outcome: c.outcome.map(|o| o.to_string()).unwrap_or_default(),
            })
            .collect(),
        may_claim: actor.can(Capability::SubmitClaim) && w.status == domain::WarrantyStatus::Active,
        may_repair: actor.can(Capability::OpenRepair)
            && matches!(
                w.status,
                domain::WarrantyStatus::Active | domain::WarrantyStatus::Expired
            ),
        repair_href: w
            .asset_id
            .map(|a| format!("/repairs/new?asset_id={a}"))
            .unwrap_or_else(|| "/repairs/new".into()),
        may_void: actor.can(Capability::VoidWarranty) && w.status.may_become(domain::WarrantyStatus::Void),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled(w.warranty_number.clone()),
        number: w.warranty_number,
    })
}

/// `GET /warranties/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<WarrantyId>,
) -> PageResult {
    show(&warranty_page(&state, visitor, id, Form::default(), Errors::default()).await?)
}

/// `POST /warranties/{id}/void`
pub async fn void(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<WarrantyId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/warranties/{id}/void"));
    let outcome = match form.parse::<Voiding>(&[]) {
        Ok(why) => warranties::void(&state.shop, &visitor.actor, id, why).await,
        Err(refusal) => Err(refusal),
    };
    let here = format!("/warranties/{id}");
    match outcome {
        Ok(_) => Ok(redirect(&here, Some(("good", "The warranty is void.")))),
        Err(app::Refusal::Replay(_)) => Ok(redirect(&here, None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                http::StatusCode::UNPROCESSABLE_ENTITY,
                &warranty_page(&state, visitor, id, form, errors).await?,
            )
        }
    }
}

/// templates/pages/check.html
#[derive(Debug, Template)]
#[template(path = "pages/check.html")]
pub struct Check {
    frame: PlainFrame,
    good: bool,
    title: String,
    facts: Vec<(&'static str, String)>,
    shop_name: String,
}

/// `GET /check/{code}`: what a QR code on paper leads to. No names, no phones, no prices of others.
pub async fn check(State(state): State<AppState>, Path(code): Path<String>) -> PageResult {
    let settings = state.shop.settings().await?;
    let (good, title, facts) = match public_check(&state.shop, &code).await? {
        PublicCheck::Invoice(invoice) => (
            !matches!(
                invoice.status,
                domain::InvoiceStatus::Cancelled | domain::InvoiceStatus::Refunded
            ),
            format!("{} is ours", invoice.invoice_number),
            vec![
                ("Date", long_date(invoice.invoice_date)),
                ("Status", invoice.status.to_string()),
                ("Items", invoice.items.to_string()),
            ],
        ),
        PublicCheck::Wipe(wipe) => (
            true,
            "This device was wiped by us".to_owned(),
            vec![
                ("Device", wipe.device),
                ("Serial number", format!("ends in {}", wipe.serial_end)),
                ("Method", wipe.wipe_method),
                ("Date", long_date(wipe.wipe_date)),
            ],
        ),
        PublicCheck::Warranty(warranty) => (
            warranty.valid,
            match (warranty.valid, warranty.status) {
                (true, _) => "This warranty is valid".to_owned(),
                (false, domain::WarrantyStatus::Void) => "This warranty is void".to_owned(),
                (false, _) => "This warranty has ended".to_owned(),
            },
            vec![
                ("For", warranty.item_description.clone().unwrap_or_default()),
                (
                    "Serial number",
                    warranty
                        .serial_end
                        .as_ref()
                        .map(|end| format!("ends in {end}"))
                        .unwrap_or_default(),
                ),
                ("Until", long_date(warranty.end_date)),
            ],
        ),
    };
    show(&Check {
        frame: PlainFrame::titled("Check"),
        good,
        title,
        facts,
        shop_name: settings.shop.name.clone(),
    })
}
