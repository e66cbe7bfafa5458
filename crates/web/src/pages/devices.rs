//! Devices: the list, one device with everything that happened to it, receiving one, and changing its details.

use super::invoices::{pdf, when};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event, Tab};
use crate::extract::{PathId, PathIds};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Opened};
use app::assets::{self, Asset, AssetAnswer, AssetChange, History, Movement, NewAsset};
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
    let query = query.unwrap_or_default();
    let listing = match Listing::<Asset>::open(&state, &visitor, LIST, &query).await? {
        Opened::Here(listing) => listing,
        Opened::Elsewhere(view) => return Ok(view),
    };
    let shop = state.shop.clone();
    let fetch = move |request| {
        let shop = shop.clone();
        async move { assets::page(&shop, &request).await }
    };
    if let Some(file) = listing.file(&state, &visitor, fetch) {
        return Ok(file);
    }
    let page = assets::page(&state.shop, listing.request()).await?;
    let locations = app::locations::all(&state.shop).await?;
    let brands = app::catalog::brands(&state.shop).await?;
    let model = match listing.filter("product_model_id").parse() {
        Ok(id) => app::catalog::find(&state.shop, id)
            .await
            .map(|m| m.title())
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
    let bars = can(Capability::MarkNotSellable);
    listing
        .view(&state, visitor, &page)
        .tabs("Stages", tabs)
        .action(true, "Movements", "/movements", "history")
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
        .bulk(
            "/devices/bulk",
            &[
                (moves, "move", "Move", "map-pin"),
                (prices, "price", "Change price", "tag"),
                (bars, "not-sellable", "Mark not sellable", "ban"),
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
    held_by: String,
    held_by_href: String,
    /// Open preorders for which it would do: address and number.
    waiting: Vec<(String, String)>,
    specs: Vec<Fact>,
    money: Vec<Sum>,
    papers: Vec<Paper>,
    repairs: Vec<super::repairs::Card>,
    repair_href: String,
    diagnostics: Vec<DiagnosticsView>,
    wipes: Vec<WipeView>,
    events: Vec<Event>,
    locations: Vec<Choice>,
    may_edit: bool,
    may_move: bool,
    not_sellable_reason: String,
    form_key: String,
    errors: Errors,
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

#[derive(Debug)]
struct DiagnosticsView {
    when: String,
    who: String,
    chip: Chip,
    checks: Vec<Check>,
    notes: String,
}

#[derive(Debug)]
struct Check {
    name: String,
    verdict: &'static str,
    note: String,
}

#[derive(Debug)]
struct WipeView {
    when: String,
    who: String,
    method: String,
    reference: String,
    notes: String,
    pdf_href: String,
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

fn money(asset: &Asset, repairs: Money, frame: &Frame) -> Vec<Sum> {
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
        let bought = asset.landed_cost.or(asset.purchase_cost);
        let cost = bought.and_then(|cost| cost.checked_add(repairs));
        let margin = asset
            .sale_price
            .zip(cost)
            .and_then(|(price, cost)| price.checked_sub(cost));
        sum("Margin", margin, String::new(), false);
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
            add(&sale.invoice_number);
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

async fn device_page(
    state: &AppState,
    frame: Frame,
    actor: &Actor,
    id: AssetId,
    errors: Errors,
) -> Result<Device, Refusal> {
    let device = assets::find(&state.shop, actor, id).await?;
    let history = assets::history(&state.shop, id).await?;
    let locations = app::locations::all(&state.shop).await?;
    let settings = state.shop.settings().await?;
    let asset = &device.asset;
    let labels = assets::checklist(&settings, asset.category);
    let (next, more) = steps(asset, &frame);
    let sees_invoices = frame.can(&Capability::ViewInvoices);
    let holder = history
        .sales
        .iter()
        .find(|s| s.is_live && asset.status == AssetStatus::Reserved);
    let waiting = app::preorders::of_device(&state.shop, actor, id, asset.preorder_id, asset.status).await?;
    let diagnostics = history
        .diagnostics
        .iter()
        .map(|d| DiagnosticsView {
            when: when(&state.shop, d.created_at),
            who: d.technician_name.clone(),
            chip: result_chip(d.overall_result),
            notes: d.notes.clone().unwrap_or_default(),
            checks: checks(&labels, &d.checklist_data),
        })
        .collect();
    let wipes = history
        .wipes
        .iter()
        .map(|w| WipeView {
            when: when(&state.shop, w.created_at),
            who: w.technician_name.clone(),
            method: w.wipe_method.clone(),
            reference: w.certificate_reference.clone().unwrap_or_default(),
            notes: w.notes.clone().unwrap_or_default(),
            pdf_href: format!("/devices/{id}/wipe-certificates/{}/document.pdf", w.id),
        })
        .collect();
    let elsewhere = locations.iter().filter(|l| Some(l.id) != asset.location_id);
    Ok(Device {
        id,
        title: asset.title(),
        asset_tag: asset.asset_tag.clone(),
        serial_number: asset.serial_number.clone(),
        chip: asset.status.into(),
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
        money: money(asset, app::repairs::repair_cost(&state.shop, id).await?, &frame),
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
        diagnostics,
        wipes,
        events: events(state, &history, sees_invoices),
        locations: Choice::list(elsewhere.map(|l| (l.id, l.location_name.as_str())), ""),
        may_edit: frame.can(&Capability::EditAssets),
        may_move: frame.can(&Capability::MoveStock) && asset.status != AssetStatus::Sold,
        not_sellable_reason: asset
            .not_sellable_reason
            .clone()
            .filter(|_| asset.status == AssetStatus::NotSellable)
            .unwrap_or_default(),
        form_key: form_key(),
        errors,
        frame: frame.titled(format!("{} {}", asset.asset_tag, asset.title())),
    })
}

/// `GET /devices/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<AssetId>,
) -> PageResult {
    show(&device_page(&state, visitor.frame, &visitor.actor, id, Errors::default()).await?)
}

/// After a form of a device's page: on to `back` with a word, or the page again with what was wrong.
async fn after(
    state: &AppState,
    visitor: Visitor,
    id: AssetId,
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
                &device_page(state, visitor.frame, &visitor.actor, id, errors).await?,
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
    after(
        &state,
        visitor,
        id,
        back,
        &format!("The device is {} now.", form.get("status")),
        outcome,
    )
    .await
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
    after(
        &state,
        visitor,
        id,
        format!("/devices/{id}"),
        "The device was moved.",
        outcome,
    )
    .await
}

/// `GET /devices/{id}/wipe-certificates/{certificate_id}/document.pdf`
pub async fn wipe_certificate(
    State(state): State<AppState>,
    PathIds(id, certificate): PathIds<AssetId, WipeCertificateId>,
) -> PageResult {
    let printed = assets::print_wipe(&state.shop, id, certificate).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// templates/pages/device_form.html
#[derive(Debug, Template)]
#[template(path = "pages/device_form.html")]
pub struct DeviceForm {
    frame: Frame,
    action: String,
    back: &'static str,
    back_href: String,
    is_new: bool,
    form: Form,
    version: String,
    models: Vec<Choice>,
    locations: Vec<Choice>,
    suppliers: Vec<String>,
    may_see_cost: bool,
    may_price: bool,
    may_edit_models: bool,
    form_key: String,
    errors: Errors,
}

async fn form_page(
    state: &AppState,
    frame: Frame,
    id: Option<AssetId>,
    form: Form,
    errors: Errors,
) -> Result<DeviceForm, Refusal> {
    let models = app::catalog::named(&state.shop).await?;
    let locations = app::locations::all(&state.shop).await?;
    Ok(DeviceForm {
        action: id.map_or("/devices/new".into(), |id| format!("/devices/{id}/edit")),
        back: if id.is_some() { "Device" } else { "Devices" },
        back_href: id.map_or("/devices".into(), |id| format!("/devices/{id}")),
        is_new: id.is_none(),
        version: form.get("version").into(),
        models: Choice::list(models, form.get("product_model_id")),
        locations: Choice::list(
            locations.iter().map(|l| (l.id, l.location_name.as_str())),
            form.get("location_id"),
        ),
        suppliers: assets::suppliers(&state.shop).await?,
        may_see_cost: frame.sees_cost(),
        may_price: frame.can(&Capability::EditCatalog),
        may_edit_models: frame.can(&Capability::EditCatalog),
        form_key: form_key(),
        frame: frame.titled(if id.is_none() {
            "Receive a device"
        } else {
            "Edit the device"
        }),
        form,
        errors,
    })
}

/// What stays from one device to the next while somebody receives several.
const KEPT: [&str; 4] = ["product_model_id", "location_id", "supplier", "received_date"];

/// `GET /devices/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let mut fields: Vec<(&str, String)> = KEPT
        .into_iter()
        .chain(["serial_number"])
        .map(|name| (name, asked.get(name).to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if asked.get("received_date").is_empty() {
        fields.push(("received_date", state.shop.today().to_string()));
    }
    show(
        &form_page(
            &state,
            visitor.frame,
            None,
            Form::from_iter(fields),
            Errors::default(),
        )
        .await?,
    )
}

/// `POST /devices/new`: the form comes back for the next device, with what stays the same.
pub async fn receive(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/devices/new");
    let outcome = match form.parse::<NewAsset>(&[]) {
        Ok(new) => assets::receive(&state.shop, &visitor.actor, new)
            .await
            .map(|device| device.asset.asset_tag),
        Err(refusal) => Err(refusal),
    };
    let kept = KEPT
        .into_iter()
        .map(|name| (name, form.get(name)))
        .filter(|(_, value)| !value.is_empty());
    let again = format!(
        "/devices/new?{}",
        serde_urlencoded::to_string(kept.collect::<Vec<_>>()).unwrap_or_default()
    );
    match outcome {
        Ok(tag) => {
            let word = format!(
                "{tag} is received, serial {}. Scan the next one.",
                form.get("serial_number").trim()
            );
            Ok(redirect(&again, Some(("good", &word))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect(&again, None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, None, form, errors).await?,
            )
        }
    }
}

/// `GET /devices/{id}/edit`
pub async fn edit(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<AssetId>,
) -> PageResult {
    let a = assets::find(&state.shop, &visitor.actor, id).await?.asset;
    let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
    let number = |number: Option<i32>| number.map(|n| n.to_string()).unwrap_or_default();
    let form = Form::from_iter([
        ("version", app::tx::etag(a.updated_at)),
        ("serial_number", a.serial_number),
        ("asset_tag", a.asset_tag),
        ("product_model_id", a.product_model_id.to_string()),
        ("imei_1", a.imei_1.unwrap_or_default()),
        ("imei_2", a.imei_2.unwrap_or_default()),
        ("supplier", a.supplier.unwrap_or_default()),
        ("purchase_cost", money(a.purchase_cost)),
        ("landed_cost", money(a.landed_cost)),
        ("list_price", money(a.list_price)),
        ("received_date", a.received_date.to_string()),
        ("cosmetic_notes", a.cosmetic_notes.unwrap_or_default()),
        ("battery_health_percent", number(a.battery_health_percent)),
        ("battery_cycle_count", number(a.battery_cycle_count)),
        ("accessories_included", a.accessories_included.unwrap_or_default()),
    ]);
    show(&form_page(&state, visitor.frame, Some(id), form, Errors::default()).await?)
}

/// Every field of the form, but for what this person does not see or set.
fn whole_change(actor: &Actor, whole: NewAsset) -> AssetChange {
    let mut change = AssetChange::from(whole);
    if !actor.can(Capability::SeePurchaseCost) {
        (change.purchase_cost, change.landed_cost) = (None, None);
    }
    if !actor.can(Capability::EditCatalog) {
        change.list_price = None;
    }
    change
}

/// `POST /devices/{id}/edit`
pub async fn change(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/devices/{id}/edit"));
    visitor.actor.request.if_match = Some(form.get("version").to_owned()).filter(|v| !v.is_empty());
    let outcome = match form.parse::<NewAsset>(&["version"]) {
        Ok(whole) => {
            let change = whole_change(&visitor.actor, whole);
            assets::change(&state.shop, &visitor.actor, id, change)
                .await
                .map(|_| ())
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/devices/{id}"),
            Some(("good", "The details were changed.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, Some(id), form, errors).await?,
            )
        }
    }
}
