//! Devices: the list, and one device with everything that happened to it.

pub mod form;

use super::invoices::{pdf, when};
use super::photos::{PhotoView, view as photo_view};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event, Tab};
use crate::extract::{PathId, PathIds};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::assets::{self, Asset, AssetAnswer, History, Movement};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::asset::status::{Move, plain_moves};
use domain::{
    AssetAction, AssetId, AssetStatus, Category, DiagnosticsResult, Grade, ListName, Money, Verdict,
    WipeCertificateId,
};
use http::StatusCode;

fn same<T: Copy>(values: &[T]) -> impl Iterator<Item = (T, T)> {
    values.iter().map(|value| (*value, *value))
}

impl Listed for Asset {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        Asset::title(self)
    }
    fn subtitle(&self) -> String {
        self.specs()
    }
    fn href(&self) -> String {
        format!("/devices/{}", self.id)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Devices,
    path: "/devices",
    spec: &assets::LIST,
    title: "Devices",
    row: "Device",
    row_sort: "",
    search: "Tag, serial or model",
};

/// The stages that are looked at most, as tabs over the list.
const STAGES: &[(&str, Option<AssetStatus>)] = &[
    ("All", None),
    ("New", Some(AssetStatus::Received)),
    ("To test", Some(AssetStatus::DiagnosticsPending)),
    ("To wipe", Some(AssetStatus::WipePending)),
    ("To check", Some(AssetStatus::QcPending)),
    ("Ready", Some(AssetStatus::ReadyForSale)),
    ("Reserved", Some(AssetStatus::Reserved)),
    ("Sold", Some(AssetStatus::Sold)),
    ("On hold", Some(AssetStatus::RepairHold)),
];

/// `GET /devices`, and the same as a file with `format=csv` or `xlsx`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move { assets::page(&shop, &request).await };
    let (listing, page) = match Listing::<Asset>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let locations = app::locations::all(&state.shop).await?;
    let brands = app::catalog::brands(&state.shop).await?;
    let model = match listing.filter("product_model_id").parse() {
        Ok(id) => app::catalog::find(&state.shop, id)
            .await
            .map(|m| m.title())
            .unwrap_or_default(),
        Err(_) => String::new(),
    };
    let lot = match listing.filter("lot_id").parse() {
        Ok(id) => app::lots::named(&state.shop, id)
            .await
            .map(|lot| lot.lot_number)
            .unwrap_or_default(),
        Err(_) => String::new(),
    };
    let status = listing.filter("status");
    let tabs = STAGES
        .iter()
        .map(|(label, stage)| Tab {
            label: (*label).into(),
            href: match stage {
                Some(stage) => crate::components::link("/devices", &[("status", stage.as_str())]),
                None => "/devices".into(),
            },
            current: stage.map_or("", |s| s.as_str()) == status,
            count: String::new(),
        })
        .collect();
    let can = |capability| visitor.actor.can(capability);
    let (receives, moves, prices) = (
        can(Capability::ReceiveStock),
        can(Capability::MoveStock),
        can(Capability::EditAssets) && can(Capability::EditCatalog),
    );
    let (bars, edits) = (can(Capability::MarkNotSellable), can(Capability::EditAssets));
    listing
        .view(&state, visitor, &page)
        .tabs("Stages", tabs)
        .action(true, "Movements", "/movements", "history")
        .action(
            edits || moves || bars,
            "Bulk changes",
            "/devices/changes",
            "undo-2",
        )
        .action(receives, "Receive one", "/devices/new", "plus")
        .action(receives, "Receive a lot", "/receive", "package-plus")
        .select("Status", "status", same(AssetStatus::ALL))
        .select("Brand", "brand", brands.iter().map(|b| (b, b)))
        .select("Kind", "category", same(Category::ALL))
        .select("Grade", "condition_grade", same(Grade::ALL))
        .select(
            "Place",
            "location_id",
            locations.iter().map(|l| (l.id, l.location_name.as_str())),
        )
        .named("product_model_id", "Model", model)
        .named("supplier", "Supplier", String::new())
        .named("received_date", "Received", String::new())
        .named("lot_id", "Lot", lot)
        .named("lot_extra", "Not expected in the lot", String::new())
        .named("import_id", "Import", String::new())
        .bulk(
            "/devices/bulk",
            &[
                (moves, "move", "Move", "map-pin"),
                (prices, "price", "Change price", "tag"),
                (edits, "details", "Change details", "pencil"),
                (bars, "not-sellable", "Mark not sellable", "ban"),
                (bars, "to-bench", "Back to the bench", "undo-2"),
                (true, "labels", "Print labels", "printer"),
            ],
        )
        .empty(
            "No device is like that",
            "No devices yet",
            "Everything the shop buys appears here, from a supplier's manifest or scanned one by one.",
            "laptop",
        )
        .offer(receives, "Receive devices", "/receive")
        .show()
}

/// The tag of the device with this number, for saying what a list is filtered by.
pub(super) async fn tag_of(state: &AppState, visitor: &Visitor, number: &str) -> String {
    let Ok(id) = number.parse() else {
        return String::new();
    };
    let found = assets::find(&state.shop, &visitor.actor, id).await;
    found.map(|device| device.asset.asset_tag).unwrap_or_default()
}

/// A step that may be taken with a device: with a status a form, without one a link.
#[derive(Debug, Clone)]
pub(super) struct NextAction {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) icon: &'static str,
    pub(super) status: String,
    pub(super) wants_reason: bool,
    pub(super) danger: bool,
}

impl NextAction {
    fn link(label: &str, href: String, icon: &'static str) -> Self {
        NextAction {
            label: label.into(),
            href,
            icon,
            status: String::new(),
            wants_reason: false,
            danger: false,
        }
    }
}

impl From<&Move> for NextAction {
    fn from(line: &Move) -> Self {
        NextAction {
            label: line.action.to_string(),
            href: String::new(),
            icon: match line.action {
                AssetAction::SendToDiagnostics => "clipboard-check",
                AssetAction::RepairDone => "circle-check",
                AssetAction::MarkNotSellable => "ban",
                AssetAction::Scrap => "trash-2",
                _ => "wrench",
            },
            status: line.to.to_string(),
            wants_reason: line.reason_required,
            danger: matches!(line.action, AssetAction::Scrap | AssetAction::MarkNotSellable),
        }
    }
}

/// The one or two steps that come next for this person, and all others.
pub(super) fn steps(asset: &Asset, frame: &Frame) -> (Vec<NextAction>, Vec<NextAction>) {
    let bench = |label, icon| NextAction::link(label, format!("/bench?device={}", asset.id), icon);
    let mut next = Vec::new();
    if frame.can(&Capability::RecordDiagnostics) {
        match asset.status {
            AssetStatus::DiagnosticsPending => next.push(bench("Record diagnostics", "clipboard-check")),
            AssetStatus::WipePending => next.push(bench("Record wipe", "eraser")),
            AssetStatus::QcPending => next.push(bench("Check quality", "list-checks")),
            _ => {}
        }
    }
    if asset.status == AssetStatus::ReadyForSale && frame.can(&Capability::Sell) {
        let query = serde_urlencoded::to_string([("scan", &asset.asset_tag)]).unwrap_or_default();
        next.push(NextAction::link(
            "Sell",
            format!("/sell?{query}"),
            "shopping-cart",
        ));
    }
    let moves: Vec<&Move> = plain_moves(asset.status, frame.role())
        .filter(|line| line.categories.contains(&asset.category))
        .collect();
    let leads = |line: &Move| match line.action {
        AssetAction::RepairDone => true,
        AssetAction::SendToDiagnostics => {
            !matches!(asset.status, AssetStatus::QcPending | AssetStatus::ReadyForSale)
        }
        _ => false,
    };
    let mut first: Vec<&Move> = moves.iter().copied().filter(|line| leads(line)).collect();
    first.sort_by_key(|line| line.action != AssetAction::RepairDone);
    next.extend(first.into_iter().map(NextAction::from));
    let more = moves
        .into_iter()
        .filter(|line| !leads(line))
        .map(NextAction::from)
        .collect();
    (next, more)
}

/// templates/pages/device.html
#[derive(Debug, Template)]
#[template(path = "pages/device.html")]
pub struct Device {
    frame: Frame,
    id: AssetId,
    title: String,
    asset_tag: String,
    serial_number: String,
    chip: Chip,
    grade: String,
    where_now: String,
    next: Vec<NextAction>,
    more: Vec<NextAction>,
    /// When, by whom and why it was taken back.
    taken_back: String,
    held_by: String,
    held_by_href: String,
    /// Open preorders for which it would do: address and number.
    waiting: Vec<(String, String)>,
    specs: Vec<Fact>,
    /// Its lot: address and number.
    lot: Option<(String, String)>,
    money: Vec<Sum>,
    papers: Vec<Paper>,
    repairs: Vec<super::repairs::Card>,
    repair_href: String,
    passes: Vec<PassView>,
    events: Vec<Event>,
    photos: Vec<PhotoView>,
    may_photograph: bool,
    may_read_machine: bool,
    /// Where it cannot go now: the status, and why.
    not_now: Vec<(String, String)>,
    /// The day that is asked about.
    at: String,
    then: Option<ThenView>,
    first_day: String,
    today: String,
    locations: Vec<Choice>,
    may_edit: bool,
    may_move: bool,
    not_sellable_reason: String,
    /// What was typed into the form that is shown again.
    typed: Form,
    form_key: String,
    errors: Errors,
}

impl Device {
    /// Why the step to this status is asked for, when that form is shown again.
    fn why(&self, step: &NextAction) -> Option<&str> {
        let again = !step.status.is_empty() && self.typed.get("status") == step.status;
        again.then(|| self.typed.get("reason"))
    }

    /// What was typed into the form that moves it.
    fn typed_move(&self, field: &str) -> &str {
        match self.typed.get("location_id") {
            "" => "",
            _ => self.typed.get(field),
        }
    }
}

#[derive(Debug)]
struct Fact {
    name: &'static str,
    value: String,
    code: bool,
}

#[derive(Debug)]
struct Sum {
    name: &'static str,
    amount: String,
    note: String,
    total: bool,
}

/// An invoice or a warranty.
#[derive(Debug)]
struct Paper {
    title: String,
    href: String,
    chip: Chip,
    detail: String,
}

/// A pass over the bench: diagnostics, a wipe or a quality check.
#[derive(Debug)]
struct PassView {
    title: String,
    when: String,
    who: String,
    chip: Chip,
    checks: Vec<Check>,
    reference: String,
    notes: String,
    pdf_href: String,
    photos: Vec<PhotoView>,
}

/// The device at the end of a day.
#[derive(Debug)]
struct ThenView {
    day: String,
    chip: Chip,
    grade: String,
    facts: Vec<(&'static str, String)>,
}

#[derive(Debug)]
struct Check {
    name: String,
    verdict: &'static str,
    note: String,
}

fn specs(device: &AssetAnswer) -> Vec<Fact> {
    let (a, m) = (&device.asset, &device.product_model);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let battery = match (a.battery_health_percent, a.battery_cycle_count) {
        (Some(health), Some(cycles)) => format!("{health} %, {cycles} cycles"),
        (Some(health), None) => format!("{health} %"),
        (None, Some(cycles)) => format!("{cycles} cycles"),
        (None, None) => String::new(),
    };
    let plain = |name, value| Fact {
        name,
        value,
        code: false,
    };
    vec![
        plain("Kind", a.category.to_string()),
        plain("Processor", text(&m.cpu)),
        plain("Memory", text(&m.ram)),
        plain("Storage", text(&m.storage)),
        plain("Screen", text(&m.screen_size)),
        plain("Graphics", text(&m.gpu)),
        plain("System", text(&m.operating_system)),
        Fact {
            name: "IMEI",
            value: text(&a.imei_1),
            code: true,
        },
        Fact {
            name: "IMEI 2",
            value: text(&a.imei_2),
            code: true,
        },
        plain("Battery", battery),
        plain("How it looks", text(&a.cosmetic_notes)),
        plain("Comes with", text(&a.accessories_included)),
        plain("Received", long_date(a.received_date)),
        plain("Supplier", text(&a.supplier)),
    ]
}

/// What it cost, what it is sold for, and what that leaves: as known at the sale, and by now where a later bill changed it.
fn money(
    asset: &Asset,
    repairs: Money,
    shares: &[app::lots::AssetShare],
    sold: Option<&app::lots::SoldMargin>,
    frame: &Frame,
) -> Vec<Sum> {
    let mut sums = Vec::new();
    let mut sum = |name, amount: Option<Money>, note: String, total| {
        if let Some(amount) = amount {
            sums.push(Sum {
                name,
                amount: amount.grouped(),
                note,
                total,
            });
        }
    };
    if frame.sees_cost() {
        sum("Purchase cost", asset.purchase_cost, String::new(), false);
        for share in shares {
            let note = format!("({})", long_date(share.charge_date));
            sum(share.kind.as_str(), Some(share.amount), note, false);
        }
        sum("Landed cost", asset.landed_cost, String::new(), false);
        let repaired = Some(repairs).filter(|cost| cost.is_positive());
        sum("Repairs", repaired, String::new(), false);
    }
    let whose = match (asset.list_price, asset.condition_grade) {
        (Some(_), _) => "(its own)".into(),
        (None, Some(grade)) => format!("(the model's for {grade})"),
        (None, None) => String::new(),
    };
    sum("Price", asset.price, whose, asset.sale_price.is_none());
    sum(
        "Sold for",
        asset.sale_price,
        asset.sale_date.map(long_date).unwrap_or_default(),
        true,
    );
    if frame.sees_margin() {
        let margin = |cost: Option<Money>| sold.and_then(|sale| sale.net.checked_sub(cost?));
        let (then, now) = (
            margin(sold.and_then(|sale| sale.cost_at_sale)),
            margin(sold.and_then(|sale| sale.cost_now)),
        );
        if then == now {
            sum("Margin", now, String::new(), false);
        } else {
            sum("Margin", then, "(as known at the sale)".into(), false);
            sum("Margin today", now, "(with what came since)".into(), false);
        }
    }
    sums
}

/// What happened, newest first: each movement with its reason, and the invoice behind a sale.
fn events(state: &AppState, history: &History, sees_invoices: bool) -> Vec<Event> {
    let event = |m: &Movement| {
        let place = |name: &Option<String>| name.clone().unwrap_or_else(|| "no place".into());
        let moved = m.from_location_id != m.to_location_id;
        let mut detail = m.reason.clone().unwrap_or_default();
        let mut add = |text: &str| {
            if !detail.is_empty() {
                detail.push_str(" · ");
            }
            detail.push_str(text);
        };
        let sale = match m.to_status {
            Some(AssetStatus::Sold | AssetStatus::Reserved) if m.from_status != m.to_status => {
                history.sales.iter().find(|s| s.created_at <= m.created_at)
            }
            _ => None,
        };
        if let Some(sale) = sale {
            // Mostly the reason says it already.
            if !m
                .reason
                .as_ref()
                .is_some_and(|reason| reason.contains(&sale.invoice_number))
            {
                add(&sale.invoice_number);
            }
            if let Some(customer) = &sale.customer_name {
                add(customer);
            }
        }
        let (icon, title) = match (m.from_status, m.to_status) {
            (None, _) => ("package-plus", "Received".to_owned()),
            (from, Some(to)) if from != Some(to) => (stage_icon(to), to.to_string()),
            _ => ("map-pin", format!("Moved to {}", place(&m.to_location_name))),
        };
        match (m.from_status, m.to_status) {
            (None, _) => m.to_location_name.iter().for_each(|name| add(name)),
            (from, to) if from != to && moved => add(&format!("to {}", place(&m.to_location_name))),
            _ if moved => add(&format!("from {}", place(&m.from_location_name))),
            _ => {}
        }
        Event {
            icon: icon.into(),
            tone: m.to_status.map_or("neutral", |s| s.tone().as_str()).into(),
            title,
            detail,
            who: m.moved_by_name.clone().unwrap_or_default(),
            when: when(&state.shop, m.created_at),
            when_iso: m.created_at.to_rfc3339(),
            href: sale
                .filter(|_| sees_invoices)
                .map(|s| format!("/invoices/{}", s.invoice_id))
                .unwrap_or_default(),
        }
    };
    history.movements.iter().map(event).collect()
}

fn stage_icon(status: AssetStatus) -> &'static str {
    match status {
        AssetStatus::Received => "package-plus",
        AssetStatus::DiagnosticsPending => "clipboard-check",
        AssetStatus::WipePending => "eraser",
        AssetStatus::QcPending => "list-checks",
        AssetStatus::ReadyForSale => "circle-check",
        AssetStatus::Reserved => "tag",
        AssetStatus::Sold => "receipt",
        AssetStatus::Returned => "undo-2",
        AssetStatus::RepairHold => "wrench",
        AssetStatus::NotSellable => "ban",
        AssetStatus::Scrapped => "trash-2",
    }
}

fn papers(history: &History, sees_invoices: bool) -> Vec<Paper> {
    let sales = history.sales.iter().map(|s| {
        let mut detail = vec![long_date(s.invoice_date), s.unit_price.ghs()];
        detail.extend(s.customer_name.clone());
        detail.extend(s.sales_rep_name.as_ref().map(|name| format!("sold by {name}")));
        if !s.is_live {
            detail.push("no longer holds the device".into());
        }
        Paper {
            title: s.invoice_number.clone(),
            href: if sees_invoices {
                format!("/invoices/{}", s.invoice_id)
            } else {
                String::new()
            },
            chip: Chip::toned(s.status.as_str(), s.status.tone()),
            detail: detail.join(" · "),
        }
    });
    let warranties = history.warranties.iter().map(|w| Paper {
        title: w.warranty_number.clone(),
        href: format!("/warranties/{}", w.id),
        chip: w
            .status
            .map_or(Chip::new("", "neutral"), super::invoices::warranty_chip),
        detail: format!(
            "{} warranty, {} to {}",
            w.warranty_tier,
            long_date(w.start_date),
            long_date(w.end_date)
        ),
    });
    sales.chain(warranties).collect()
}

/// The chip of a result of diagnostics.
fn result_chip(result: Option<DiagnosticsResult>) -> Chip {
    match result {
        Some(DiagnosticsResult::Pass) => Chip::new("Pass", "good"),
        Some(DiagnosticsResult::PassWithNotes) => Chip::new("Pass with Notes", "warn"),
        Some(DiagnosticsResult::Fail) => Chip::new("Fail", "bad"),
        None => Chip::new("No result", "neutral"),
    }
}

/// What was found, in the order of the checklist, then what is not on it any more.
fn checks(labels: &[app::settings::ChecklistItem], found: &serde_json::Value) -> Vec<Check> {
    let Some(found) = found.as_object() else {
        return Vec::new();
    };
    let place = |key: &str| labels.iter().position(|item| item.key == key);
    let mut keys: Vec<&String> = found.keys().collect();
    keys.sort_by_key(|key| place(key).unwrap_or(labels.len()));
    keys.into_iter()
        .map(|key| {
            let (verdict, note) = Verdict::read(found[key].as_str().unwrap_or_default());
            let name = labels
                .iter()
                .find(|i| i.key == *key)
                .map_or_else(|| key.replace('_', " "), |i| i.label.clone());
            Check {
                name,
                verdict: verdict.as_str(),
                note: note.into(),
            }
        })
        .collect()
}

/// Every pass over the bench, newest first.
fn passes(
    state: &AppState,
    id: AssetId,
    history: &History,
    labels: &[app::settings::ChecklistItem],
    photos: &[(Option<domain::DiagnosticsId>, PhotoView)],
) -> Vec<PassView> {
    let none = String::new;
    let shop = &state.shop;
    let diagnostics = history.diagnostics.iter().map(|d| {
        let pass = PassView {
            title: "Diagnostics".into(),
            when: when(shop, d.created_at),
            who: d.technician_name.clone(),
            chip: result_chip(d.overall_result),
            checks: checks(labels, &d.checklist_data),
            reference: none(),
            notes: d.notes.clone().unwrap_or_default(),
            pdf_href: none(),
            photos: photos
                .iter()
                .filter(|(of, _)| *of == Some(d.id))
                .map(|(_, photo)| photo.clone())
                .collect(),
        };
        (d.created_at, pass)
    });
    let wipes = history.wipes.iter().map(|w| {
        let pass = PassView {
            title: w.wipe_method.clone(),
            when: when(shop, w.created_at),
            who: w.technician_name.clone(),
            chip: Chip::new("Wiped", "good"),
            checks: Vec::new(),
            reference: w.certificate_reference.clone().unwrap_or_default(),
            notes: w.notes.clone().unwrap_or_default(),
            pdf_href: format!("/devices/{id}/wipe-certificates/{}/document.pdf", w.id),
            photos: Vec::new(),
        };
        (w.created_at, pass)
    });
    let quality = history.quality_checks.iter().map(|q| {
        let pass = PassView {
            title: match q.price {
                Some(price) => format!("Quality check: grade {}, {}", q.condition_grade, price.ghs()),
                None => format!("Quality check: grade {}", q.condition_grade),
            },
            when: when(shop, q.created_at),
            who: q.technician_name.clone().unwrap_or_default(),
            chip: if q.passed {
                Chip::new("Pass", "good")
            } else {
                Chip::new("Fail", "bad")
            },
            checks: Vec::new(),
            reference: none(),
            notes: q.cosmetic_notes.clone().unwrap_or_default(),
            pdf_href: none(),
            photos: Vec::new(),
        };
        (q.created_at, pass)
    });
    let mut all: Vec<_> = diagnostics.chain(wipes).chain(quality).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, pass)| pass).collect()
}

/// The photos among what happened, newest first.
fn with_photos(state: &AppState, mut events: Vec<Event>, photos: &[app::photos::Photo]) -> Vec<Event> {
    events.extend(photos.iter().map(|photo| Event {
        icon: "camera".into(),
        tone: "neutral".into(),
        title: "Photo".into(),
        detail: photo.caption.clone().unwrap_or_default(),
        who: photo.created_by_name.clone().unwrap_or_default(),
        when: when(&state.shop, photo.created_at),
        when_iso: photo.created_at.to_rfc3339(),
        href: format!("/photos/{}", photo.id),
    }));
    // Stable, so that what has one instant keeps its order.
    events.sort_by(|a, b| b.when_iso.cmp(&a.when_iso));
    events
}

/// What the device was at the end of the day that is asked about; or what is wrong with that day.
async fn then(
    state: &AppState,
    id: AssetId,
    at: &str,
    errors: &mut Errors,
) -> Result<Option<ThenView>, Refusal> {
    if at.is_empty() {
        return Ok(None);
    }
    let known = match crate::api::bench::read_day(at) {
        Ok(day) => assets::as_of(&state.shop, id, day).await,
        Err(refusal) => Err(refusal),
    };
    let was = match known {
        Ok(was) => was,
        Err(Refusal::NotFound(sentence)) => {
            *errors = Errors::from_refusal(Refusal::invalid("/at", sentence))?;
            return Ok(None);
        }
        Err(refusal) => {
            *errors = Errors::from_refusal(refusal)?;
            return Ok(None);
        }
    };
    let facts = vec![
        ("Model", was.title),
        ("Equipment", was.specs),
        ("Since", when(&state.shop, was.status_since)),
        (
            "Place",
            was.location_name.unwrap_or_else(|| "No place noted".into()),
        ),
        ("Price", was.price.map(Money::ghs).unwrap_or_default()),
        ("Serial number", was.serial_number),
        (
            "Battery",
            was.battery_health_percent
                .map(|p| format!("{p} %"))
                .unwrap_or_default(),
        ),
        ("How it looked", was.cosmetic_notes.unwrap_or_default()),
    ];
    Ok(Some(ThenView {
        day: long_date(was.at),
        chip: was.status.into(),
        grade: was.condition_grade.map(|g| g.to_string()).unwrap_or_default(),
        facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
    }))
}

async fn device_page(
    state: &AppState,
    frame: Frame,
    actor: &Actor,
    id: AssetId,
    at: &str,
    typed: Form,
    mut errors: Errors,
) -> Result<Device, Refusal> {
    let device = assets::find(&state.shop, actor, id).await?;
    let history = assets::history(&state.shop, id).await?;
    let locations = app::locations::by_hand(&state.shop).await?;
    let settings = state.shop.settings().await?;
    let asset = &device.asset;
    let labels = assets::labels(&settings, asset.category);
    let stands = asset.voided_at.is_none();
    let (next, more) = match stands {
        true => steps(asset, &frame),
        false => Default::default(),
    };
    let sees_invoices = frame.can(&Capability::ViewInvoices);
    let holder = history
        .sales
        .iter()
        .find(|s| s.is_live && asset.status == AssetStatus::Reserved);
    let waiting = app::preorders::of_device(&state.shop, actor, id, asset.preorder_id, asset.status).await?;
    let subject = app::photos::Subject::Asset(id);
    let photos = app::photos::list(&state.shop, actor, subject).await?;
    let pictures: Vec<_> = photos
        .iter()
        .map(|p| (p.diagnostics_id, photo_view(&state.shop, actor, p)))
        .collect();
    let passes = passes(state, id, &history, &labels, &pictures);
    let not_now = assets::moves(&state.shop, actor, id)
        .await?
        .into_iter()
        .filter(|_| stands)
        .filter_map(|step| {
            // Where it can go now is the same for all of them: the buttons above.
            let why = step.refused?;
            let why = why.split(" It can now become ").next().unwrap_or_default();
            Some((step.to.to_string(), why.to_owned()))
        })
        .collect();
    let then = then(state, id, at, &mut errors).await?;
    let elsewhere = locations.iter().filter(|l| Some(l.id) != asset.location_id);
    Ok(Device {
        id,
        title: asset.title(),
        asset_tag: asset.asset_tag.clone(),
        serial_number: asset.serial_number.clone(),
        chip: match stands {
            true => asset.status.into(),
            false => Chip::new("Taken back", "neutral"),
        },
        taken_back: device.taken_back.as_ref().map_or_else(String::new, |t| {
            let by = t.by_name.as_ref().map(|name| format!(" by {name}"));
            let why = t.reason.as_ref().map(|reason| format!(": {reason}"));
            format!(
                "{}{}{}",
                when(&state.shop, t.at),
                by.unwrap_or_default(),
                why.unwrap_or_default()
            )
        }),
        grade: asset.condition_grade.map(|g| g.to_string()).unwrap_or_default(),
        where_now: asset
            .location_name
            .clone()
            .unwrap_or_else(|| "No place noted".into()),
        next,
        more,
        held_by: holder
            .map(|s| match &s.customer_name {
                Some(customer) => format!("{} for {customer}", s.invoice_number),
                None => s.invoice_number.clone(),
            })
            .or_else(|| {
                waiting
                    .holder
                    .as_ref()
                    .map(|p| format!("{} for {}", p.preorder_number, p.customer_name))
            })
            .unwrap_or_default(),
        waiting: waiting
            .fitting
            .iter()
            .map(|p| (format!("/preorders/{}", p.id), p.preorder_number.clone()))
            .collect(),
        held_by_href: holder
            .filter(|_| sees_invoices)
            .map(|s| format!("/invoices/{}", s.invoice_id))
            .or_else(|| waiting.holder.as_ref().map(|p| format!("/preorders/{}", p.id)))
            .unwrap_or_default(),
        specs: specs(&device),
        money: money(
            asset,
            app::repairs::repair_cost(&state.shop, id).await?,
            &app::lots::shares_of(&state.shop, actor, id).await?,
            app::lots::margin_of(&state.shop, actor, id).await?.as_ref(),
            &frame,
        ),
        lot: asset.lot_id.zip(asset.lot_number.clone()).map(|(id, number)| {
            match frame.can(&Capability::ReceiveStock) {
                true => (format!("/lots/{id}"), number),
                false => (String::new(), number),
            }
        }),
        papers: papers(&history, sees_invoices),
        repair_href: match asset.status {
            AssetStatus::Sold | AssetStatus::RepairHold if frame.can(&Capability::OpenRepair) => {
                format!("/repairs/new?asset_id={id}")
            }
            _ => String::new(),
        },
        repairs: match frame.can(&Capability::OpenRepair) {
            true => app::repairs::of_asset(&state.shop, id)
                .await?
                .iter()
                .map(|t| super::repairs::card(state.shop.now(), state.shop.today(), t))
                .collect(),
            false => Vec::new(),
        },
        passes,
        events: with_photos(state, events(state, &history, sees_invoices), &photos),
        photos: pictures.into_iter().map(|(_, photo)| photo).collect(),
        may_photograph: stands && app::photos::may_take(actor, subject),
        may_read_machine: stands
            && app::photos::may_take(actor, subject)
            && asset.category == Category::Laptop,
        not_now,
        at: at.into(),
        then,
        first_day: asset.received_date.to_string(),
        today: state.shop.today().to_string(),
        locations: Choice::list(
            elsewhere.map(|l| (l.id, l.location_name.as_str())),
            typed.get("location_id"),
        ),
        may_edit: stands && frame.can(&Capability::EditAssets),
        may_move: stands && frame.can(&Capability::MoveStock) && asset.status != AssetStatus::Sold,
        not_sellable_reason: asset
            .not_sellable_reason
            .clone()
            .filter(|_| asset.status == AssetStatus::NotSellable)
            .unwrap_or_default(),
        typed,
        form_key: form_key(),
        errors,
        frame: frame.titled(format!("{} {}", asset.asset_tag, asset.title())),
    })
}

/// `GET /devices/{id}`, with `?at=2026-01-14` also what it was then.
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<AssetId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let at: String = asked.get("at").trim().chars().take(20).collect();
    let (typed, errors) = (Form::default(), Errors::default());
    show(&device_page(&state, visitor.frame, &visitor.actor, id, &at, typed, errors).await?)
}

/// The page of a device again, with what was wrong.
pub(super) async fn again(
    state: &AppState,
    visitor: Visitor,
    id: AssetId,
    typed: Form,
    errors: Errors,
    status: StatusCode,
) -> PageResult {
    show_with(
        status,
        &device_page(state, visitor.frame, &visitor.actor, id, "", typed, errors).await?,
    )
}

/// After a form of a device's page: on to `back` with a word, or the page again with what was wrong.
async fn after(
    state: &AppState,
    visitor: Visitor,
    id: AssetId,
    typed: Form,
    back: String,
    word: &str,
    outcome: Result<(), Refusal>,
) -> PageResult {
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(&back, Some(("good", word)))),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
                _ => StatusCode::CONFLICT,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                status,
                &device_page(state, visitor.frame, &visitor.actor, id, "", typed, errors).await?,
            )
        }
    }
}

/// `POST /devices/{id}/status`
pub async fn status(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/devices/{id}/status"));
    let outcome = match form.parse(&["stage"]) {
        Ok(change) => assets::change_status(&state.shop, &visitor.actor, id, change)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    // From the bench one goes on with the bench.
    let back = match super::bench::STAGES
        .iter()
        .find(|stage| stage.slug == form.get("stage"))
    {
        Some(stage) => format!("/bench?stage={}", stage.slug),
        None => format!("/devices/{id}"),
    };
    let word = format!("The device is {} now.", form.get("status"));
    after(&state, visitor, id, form, back, &word, outcome).await
}

/// `POST /devices/{id}/move`
pub async fn relocate(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/devices/{id}/move"));
    let outcome = match form.parse(&[]) {
        Ok(to) => assets::move_to(&state.shop, &visitor.actor, id, to)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    let back = format!("/devices/{id}");
    after(&state, visitor, id, form, back, "The device was moved.", outcome).await
}

/// `GET /devices/{id}/wipe-certificates/{certificate_id}/document.pdf`
pub async fn wipe_certificate(
    State(state): State<AppState>,
    PathIds(id, certificate): PathIds<AssetId, WipeCertificateId>,
) -> PageResult {
    let printed = assets::print_wipe(&state.shop, id, certificate).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
