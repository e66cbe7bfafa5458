//! Lots: the list, one lot with expected against received, its charges and what it earns, and the forms.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Figure, ListPage, Tab, link};
use crate::extract::{PathId, PathIds};
use crate::file;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::lots::{self, ChargeNumber, Lot, LotChange, LotDetail, LotLine, NewCharge, NewLot};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetStatus, ChargeKind, ChargeMethod, ListName, LotId, Money};
use http::StatusCode;

impl Listed for Lot {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.lot_number.clone()
    }
    fn subtitle(&self) -> String {
        self.supplier_reference.clone().unwrap_or_default()
    }
    fn href(&self) -> String {
        format!("/lots/{}", self.id)
    }
    fn leads_to(&self, column: &str, _: &Actor) -> String {
        let id = self.id.to_string();
        match column {
            "devices" => link("/devices", &[("lot_id", &id)]),
            "sold" => link(
                "/devices",
                &[("lot_id", &id), ("status", AssetStatus::Sold.as_str())],
            ),
            "expected" if self.line_count > 0 => format!("/lots/{id}/expected"),
            _ => String::new(),
        }
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Lots,
    path: "/lots",
    spec: &lots::LIST,
    title: "Lots",
    row: "Lot",
    row_sort: "lot_number",
    search: "Number, supplier, reference or serial",
};

/// `GET /lots`, and the same as a file with `format=csv` or `xlsx`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move { app::lists::page::<Lot>(&shop, &lots::LIST, &request).await };
    let (listing, page) = match Listing::<Lot>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let suppliers = app::assets::suppliers(&state.shop).await?;
    listing
        .view(&state, visitor, &page)
        .subline("What came together from a supplier, what it cost with its charges, and what it earns.")
        .action(true, "Read a manifest", "/receive", "file-text")
        .action(true, "Record a lot", "/lots/new", "plus")
        .select("State", "closed", [("false", "Open"), ("true", "Closed")])
        .select("Supplier", "supplier", suppliers.iter().map(|s| (s, s)))
        .day("From", "from")
        .day("To", "to")
        .named("supplier_reference", "Reference", String::new())
        .named("received_date", "Came in", String::new())
        .named("currency", "Currency", String::new())
        .bulk(
            "/lots/bulk",
            &[
                (true, "close", "Close", "circle-check"),
                (true, "reopen", "Open again", "undo-2"),
                (true, "labels", "Print labels", "printer"),
            ],
        )
        .empty(
            "No lot is like that",
            "No lots yet",
            "Each manifest that is received becomes one.",
            "truck",
        )
        .offer(true, "Read a manifest", "/receive")
        .show()
}

/// templates/pages/lot.html
#[derive(Debug, Template)]
#[template(path = "pages/lot.html")]
pub struct LotPage {
    frame: Frame,
    id: LotId,
    number: String,
    title: String,
    closed: bool,
    sub: String,
    facts: Vec<(&'static str, String)>,
    expected: Vec<Figure>,
    money: Vec<Figure>,
    profit: Vec<Figure>,
    /// Says of what is known now and what was known at the sale; empty where both are the same.
    later: String,
    without_cost: String,
    stages: Vec<Stage>,
    /// Address and number of the preorders for which one of its devices would do.
    waiting: Vec<(String, String)>,
    charges: Vec<ChargeRow>,
    charges_total: String,
    form: Form,
    kinds: Vec<Choice>,
    methods: Vec<Choice>,
    currencies: Vec<Choice>,
    may_charge: bool,
    scan_href: String,
    devices_href: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct Stage {
    chip: Chip,
    count: String,
    href: String,
}

#[derive(Debug)]
struct ChargeRow {
    number: i32,
    kind: String,
    bill: String,
    when: String,
    who: String,
    method: String,
    amount: String,
    foreign: String,
    note: String,
    undone: bool,
    without_share: i64,
    may_undo: bool,
}

fn count(label: &str, value: i64, href: String) -> Figure {
    Figure {
        label: label.into(),
        value: value.to_string(),
        href,
        ..Figure::default()
    }
}

fn amount(label: &str, value: Money, note: String, href: String) -> Figure {
    Figure {
        label: label.into(),
        value: value.grouped(),
        money: true,
        note,
        href,
        ..Figure::default()
    }
}

fn percent(value: &Option<String>) -> String {
    value.as_ref().map(|p| format!("{p}\u{a0}%")).unwrap_or_default()
}

fn expected_figures(detail: &LotDetail) -> Vec<Figure> {
    let (lot, e) = (&detail.lot, &detail.expected);
    let lines = |outcome: &str| match outcome {
        "" => format!("/lots/{}/expected", lot.id),
        outcome => link(&format!("/lots/{}/expected", lot.id), &[("outcome", outcome)]),
    };
    let id = lot.id.to_string();
    let devices = link("/devices", &[("lot_id", &id)]);
    let toned = |mut figure: Figure, count: i64, note: &str| {
        if count > 0 {
            (figure.note, figure.tone, figure.icon) = (note.into(), "warn".into(), "triangle-alert".into());
        }
        figure
    };
    if e.expected == 0 {
        let should: i64 = lot.expected_count.unwrap_or_default().into();
        let mut figures = vec![];
        if should > 0 {
            figures.push(count("Expected", should, String::new()));
        }
        figures.push(count("Received", lot.device_count, devices));
        if should > lot.device_count {
            let missing = should - lot.device_count;
            figures.push(toned(
                count("Missing", missing, String::new()),
                missing,
                "not here yet",
            ));
        }
        if should > 0 && lot.device_count > should {
            let extra = lot.device_count - should;
            figures.push(toned(
                count("Extra", extra, String::new()),
                extra,
                "more than expected",
            ));
        }
        return figures;
    }
    vec![
        count("Expected", e.expected, lines("")),
        count("Received", lot.device_count, devices),
        toned(
            count("Missing", e.missing, lines("missing")),
            e.missing,
            "invoiced and not here",
        ),
        toned(
            count(
                "Extra",
                e.extra,
                link("/devices", &[("lot_id", &id), ("lot_extra", "true")]),
            ),
            e.extra,
            "here and not invoiced",
        ),
        toned(
            count("Other than invoiced", e.differs, lines("differs")),
            e.differs,
            "another model or cost",
        ),
    ]
}

async fn lot_page(
    state: &AppState,
    frame: Frame,
    actor: &Actor,
    id: LotId,
    form: Form,
    errors: Errors,
) -> Result<LotPage, Refusal> {
    let detail = lots::find(&state.shop, id).await?;
    let lot = &detail.lot;
    let text = lot.id.to_string();
    let devices = link("/devices", &[("lot_id", &text)]);
    let sold_href = link(
        "/devices",
        &[("lot_id", &text), ("status", AssetStatus::Sold.as_str())],
    );
    let mut money = vec![
        amount("Bought for", lot.purchase_cost, String::new(), devices.clone()),
        amount("Charges", lot.charge_cost, String::new(), "#charges".into()),
        amount(
            "Cost with charges and repairs",
            lot.landed_cost,
            String::new(),
            devices.clone(),
        ),
    ];
    let (mut profit, mut later) = (Vec::new(), String::new());
    if frame.sees_margin() {
        let p = &lot.profit;
        profit.push(count("Sold", lot.sold_count, sold_href.clone()));
        let back = match &p.recovered_percent {
            Some(_) => format!("{} of the lot's cost", percent(&p.recovered_percent)),
            None => String::new(),
        };
        profit.push(amount(
            "Sold for, without tax",
            p.sales_amount,
            back,
            sold_href.clone(),
        ));
        profit.push(amount("Margin", p.margin_now, String::new(), sold_href.clone()));
        profit.push(Figure {
            label: "Return on the money".into(),
            value: match percent(&p.return_percent) {
                empty if empty.is_empty() => "–".into(),
                percent => percent,
            },
            note: "margin on what the sold ones cost".into(),
            href: sold_href,
            ..Figure::default()
        });
        if p.margin_at_sale != p.margin_now {
            later = format!(
                "As known when they were sold, the margin was {}: the reports of those days keep it. Bills and repairs that came since make it {}.",
                p.margin_at_sale.ghs(),
                p.margin_now.ghs()
            );
        }
    } else {
        money.push(count("Sold", lot.sold_count, sold_href));
    }
    let closed = lot.closed_at.is_some();
    let charges: Vec<ChargeRow> = detail
        .charges
        .iter()
        .map(|c| {
            let standing = c.reverses.is_none() && c.reversed_by.is_none();
            ChargeRow {
                number: c.charge_number,
                kind: c.kind.to_string(),
                bill: [c.supplier.clone(), c.reference.clone()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" · "),
                when: long_date(c.charge_date),
                who: c.created_by_name.clone().unwrap_or_default(),
                method: format!("{}, {} devices", c.method, c.share_count),
                amount: c.amount_ghs.grouped(),
                foreign: match c.currency.is_cedi() {
                    true => String::new(),
                    false => format!("{} {} at {}", c.currency, c.amount.grouped(), c.exchange_rate),
                },
                note: match (c.reverses, c.reversed_by) {
                    (Some(of), _) => format!("takes charge {of} back"),
                    (None, Some(by)) => format!("taken back by charge {by}"),
                    (None, None) => c.notes.clone().unwrap_or_default(),
                },
                undone: !standing,
                without_share: c.without_share,
                may_undo: standing && !closed,
            }
        })
        .collect();
    let total = Money::sum(detail.charges.iter().map(|c| c.amount_ghs)).unwrap_or_default();
    let mut sub = vec![long_date(lot.received_date)];
    sub.extend(lot.supplier_reference.as_ref().map(|r| format!("reference {r}")));
    if !lot.currency.is_cedi() {
        sub.push(format!("in {} at {}", lot.currency, lot.exchange_rate));
    }
    let mut facts = vec![("Charges are spread", lot.charge_method.to_string())];
    facts.extend(lot.expected_count.map(|n| ("Expected", format!("{n} devices"))));
    facts.extend(lot.notes.clone().map(|notes| ("Notes", notes)));
    let stages = detail
        .stages
        .iter()
        .map(|s| Stage {
            chip: s.status.into(),
            count: s.device_count.to_string(),
            href: link("/devices", &[("lot_id", &text), ("status", s.status.as_str())]),
        })
        .collect();
    let waiting = app::preorders::waiting_for_lot(&state.shop, actor, id).await?;
    let method = match form.get("method") {
        "" => lot.charge_method.as_str(),
        typed => typed,
    };
    let supplier = lot.supplier.clone().unwrap_or_default();
    Ok(LotPage {
        id,
        number: lot.lot_number.clone(),
        title: lot.supplier.clone().unwrap_or_else(|| lot.lot_number.clone()),
        closed,
        sub: sub.join(" · "),
        facts,
        expected: expected_figures(&detail),
        money,
        profit,
        later,
        without_cost: match lot.without_cost {
            0 => String::new(),
            1 => "One device has no cost written down: it counts as nothing.".into(),
            n => format!("{n} devices have no cost written down: they count as nothing."),
        },
        stages,
        waiting: waiting
            .into_iter()
            .map(|p| (format!("/preorders/{}", p.id), p.preorder_number))
            .collect(),
        charges,
        charges_total: total.grouped(),
        kinds: Choice::list(ChargeKind::ALL.iter().map(|k| (*k, *k)), form.get("kind")),
        methods: Choice::list(ChargeMethod::ALL.iter().map(|m| (*m, *m)), method),
        currencies: currencies(form.get("currency")),
        may_charge: actor.can(Capability::SeePurchaseCost) && !closed && lot.device_count > 0,
        scan_href: match closed {
            true => String::new(),
            false => link("/receive/scan", &[("lot_id", &text), ("supplier", &supplier)]),
        },
        devices_href: devices,
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled(lot.lot_number.clone()),
    })
}

/// The currencies to choose from, with the one that is there already.
fn currencies(chosen: &str) -> Vec<Choice> {
    let mut codes = app::imports::currencies();
    let chosen = chosen.trim();
    if !chosen.is_empty() && !codes.contains(&chosen) {
        codes.push(chosen);
    }
    let label = |code| match code {
        "GHS" => "GHS, cedis",
        other => other,
    };
    Choice::list(codes.into_iter().map(|code| (code, label(code))), chosen)
}

/// `GET /lots/{id}`
pub async fn find(State(state): State<AppState>, visitor: Visitor, PathId(id): PathId<LotId>) -> PageResult {
    show(
        &lot_page(
            &state,
            visitor.frame,
            &visitor.actor,
            id,
            Form::default(),
            Errors::default(),
        )
        .await?,
    )
}

/// After a form of a lot's page: the page with a word, or again with what was wrong.
async fn after(
    state: &AppState,
    visitor: Visitor,
    id: LotId,
    form: Form,
    word: &str,
    outcome: Result<LotDetail, Refusal>,
) -> PageResult {
    match outcome {
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(&format!("/lots/{id}"), Some(("good", word)))),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
                _ => StatusCode::CONFLICT,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                status,
                &lot_page(state, visitor.frame, &visitor.actor, id, form, errors).await?,
            )
        }
    }
}

/// `POST /lots/{id}/charges`
pub async fn charge(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<LotId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/lots/{id}/charges"));
    let outcome = match form.parse::<NewCharge>(&[]) {
        Ok(new) => lots::charge(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    after(
        &state,
        visitor,
        id,
        form,
        "The charge was posted and spread.",
        outcome,
    )
    .await
}

/// `POST /lots/{id}/charges/{charge_number}/reverse`
pub async fn reverse(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathIds(id, number): PathIds<LotId, ChargeNumber>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/lots/{id}/charges/{number:?}/reverse"));
    let outcome = lots::reverse(&state.shop, &visitor.actor, id, number).await;
    after(
        &state,
        visitor,
        id,
        Form::default(),
        "The charge was taken back.",
        outcome,
    )
    .await
}

/// `POST /lots/{id}/charges/{charge_number}/spread`
pub async fn spread_again(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathIds(id, number): PathIds<LotId, ChargeNumber>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/lots/{id}/charges/{number:?}/spread"));
    let outcome = lots::spread_again(&state.shop, &visitor.actor, id, number).await;
    after(
        &state,
        visitor,
        id,
        Form::default(),
        "The charge was spread over all devices of the lot.",
        outcome,
    )
    .await
}

/// `POST /lots/{id}/closed`
pub async fn close(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<LotId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/lots/{id}/closed"));
    let closed = form.get("closed") == "true";
    let change = LotChange {
        closed: Some(closed),
        ..LotChange::default()
    };
    let outcome = lots::change(&state.shop, &visitor.actor, id, change).await;
    let word = match closed {
        true => "The lot is closed.",
        false => "The lot is open again.",
    };
    after(&state, visitor, id, Form::default(), word, outcome).await
}

/// templates/pages/lot_form.html
#[derive(Debug, Template)]
#[template(path = "pages/lot_form.html")]
pub struct LotForm {
    frame: Frame,
    action: String,
    back: &'static str,
    back_href: String,
    is_new: bool,
    version: String,
    form: Form,
    methods: Vec<Choice>,
    currencies: Vec<Choice>,
    suppliers: Vec<String>,
    form_key: String,
    errors: Errors,
}

async fn form_page(
    state: &AppState,
    frame: Frame,
    id: Option<LotId>,
    form: Form,
    errors: Errors,
) -> Result<LotForm, Refusal> {
    Ok(LotForm {
        action: id.map_or("/lots/new".into(), |id| format!("/lots/{id}/edit")),
        back: if id.is_some() { "Lot" } else { "Lots" },
        back_href: id.map_or("/lots".into(), |id| format!("/lots/{id}")),
        is_new: id.is_none(),
        version: form.get("version").into(),
        currencies: currencies(form.get("currency")),
        methods: Choice::list(
            ChargeMethod::ALL.iter().map(|m| (*m, *m)),
            match form.get("charge_method") {
                "" => ChargeMethod::ByValue.as_str(),
                typed => typed,
            },
        ),
        suppliers: app::assets::suppliers(&state.shop).await?,
        form_key: form_key(),
        frame: frame.titled(if id.is_none() {
            "Record a lot"
        } else {
            "Edit the lot"
        }),
        form,
        errors,
    })
}

/// `GET /lots/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let form = Form::from_iter([
        ("received_date", state.shop.today().to_string()),
        ("currency", "GHS".to_owned()),
    ]);
    show(&form_page(&state, visitor.frame, None, form, Errors::default()).await?)
}

/// `POST /lots/new`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/lots/new");
    let outcome = match form.parse::<NewLot>(&[]) {
        Ok(new) => lots::create(&state.shop, &visitor.actor, new)
            .await
            .map(|detail| detail.lot.id.to_string()),
        Err(Refusal::Replay(answer)) => Err(Refusal::Replay(answer)),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(id) => Ok(redirect(
            &format!("/lots/{id}"),
            Some((
                "good",
                "The lot is recorded. Scan its devices in, or read its manifest.",
            )),
        )),
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&format!("/lots/{id}"), None))
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, None, form, errors).await?,
            )
        }
    }
}

/// `GET /lots/{id}/edit`
pub async fn edit(State(state): State<AppState>, visitor: Visitor, PathId(id): PathId<LotId>) -> PageResult {
    let lot = lots::named(&state.shop, id).await?;
    let form = Form::from_iter([
        ("version", app::tx::etag(lot.updated_at)),
        ("supplier", lot.supplier.unwrap_or_default()),
        ("supplier_reference", lot.supplier_reference.unwrap_or_default()),
        ("received_date", lot.received_date.to_string()),
        (
            "exchange_rate",
            match lot.currency.is_cedi() {
                true => String::new(),
                false => lot.exchange_rate.to_string(),
            },
        ),
        ("currency", lot.currency.to_string()),
        ("charge_method", lot.charge_method.to_string()),
        (
            "expected_count",
            lot.expected_count.map(|n| n.to_string()).unwrap_or_default(),
        ),
        ("notes", lot.notes.unwrap_or_default()),
    ]);
    show(&form_page(&state, visitor.frame, Some(id), form, Errors::default()).await?)
}

/// `POST /lots/{id}/edit`
pub async fn change(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<LotId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/lots/{id}/edit"));
    visitor.actor.request.if_match = Some(form.get("version").to_owned()).filter(|v| !v.is_empty());
    let outcome = match form.parse::<NewLot>(&["version"]) {
        Ok(whole) => lots::change(&state.shop, &visitor.actor, id, whole.into()).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/lots/{id}"),
            Some(("good", "The lot was changed.")),
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

/// templates/pages/lot_expected.html
#[derive(Debug, Template)]
#[template(path = "pages/lot_expected.html")]
pub struct LotExpectedPage {
    frame: Frame,
    number: String,
    lot_href: String,
    tabs: Vec<Tab>,
    q: String,
    action: String,
    outcome: String,
    clear_href: String,
    export_href: String,
    rows: Vec<LineRow>,
    sees_cost: bool,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct LineRow {
    serial: String,
    model: String,
    chip: Chip,
    device: String,
    device_href: String,
    came_as: String,
    invoiced: String,
    received: String,
}

/// `GET /lots/{id}/expected`, and the same as a file with `format=csv`
pub async fn expected(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<LotId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let detail = lots::find(&state.shop, id).await?;
    let query = query.unwrap_or_default();
    let path = format!("/lots/{id}/expected");
    // The list's links know only fixed paths: this one has a number in it.
    let list = ListPage::from_query("/lots", &query, &lots::LINES);
    let own = |href: String| match href.strip_prefix("/lots") {
        Some(rest) => format!("{path}{rest}"),
        None => href,
    };
    if list.is_file() {
        let shop = state.shop.clone();
        let fetch = move |request| {
            let shop = shop.clone();
            async move { lots::lines(&shop, id, &request).await }
        };
        let name = format!("{}-expected", detail.lot.lot_number);
        return Ok(file::csv(&state, &visitor.actor, &name, list.request, fetch));
    }
    let page = lots::lines(&state.shop, id, &list.request).await?;
    let outcome = list.filter("outcome").to_owned();
    let e = &detail.expected;
    let tabs = [
        ("All", "", e.expected),
        ("Received", "received", e.received),
        ("Missing", "missing", e.missing),
        ("Other than invoiced", "differs", e.differs),
    ]
    .into_iter()
    .map(|(label, value, count)| Tab {
        label: label.into(),
        href: match value {
            "" => path.clone(),
            value => link(&path, &[("outcome", value)]),
        },
        current: outcome == value,
        count: count.to_string(),
    })
    .collect();
    let shown = list.shown(page.data.len(), page.next_cursor.is_some());
    let row = |l: LotLine| LineRow {
        chip: match l.outcome.as_str() {
            "received" => Chip::new("Received", "good"),
            "missing" => Chip::new("Missing", "warn"),
            _ => Chip::new("Other than invoiced", "accent"),
        },
        device: match (&l.asset_tag, l.elsewhere_asset_id) {
            (Some(tag), _) => tag.clone(),
            (None, Some(_)) => "In the stock, not of this lot".into(),
            (None, None) => String::new(),
        },
        device_href: l
            .asset_id
            .or(l.elsewhere_asset_id)
            .map(|id| format!("/devices/{id}"))
            .unwrap_or_default(),
        came_as: l.received_model.unwrap_or_default(),
        invoiced: l.purchase_cost.map(Money::grouped).unwrap_or_default(),
        received: l.unit_cost.map(Money::grouped).unwrap_or_default(),
        serial: l.serial_number,
        model: l.model,
    };
    show(&LotExpectedPage {
        number: detail.lot.lot_number.clone(),
        lot_href: format!("/lots/{id}"),
        tabs,
        q: list.q().into(),
        clear_href: match list.filtered() {
            true => path.clone(),
            false => String::new(),
        },
        export_href: own(list.export_href("csv")),
        rows: page.data.into_iter().map(row).collect(),
        sees_cost: visitor.frame.sees_cost(),
        shown,
        next_href: own(list.next_href(page.next_cursor.as_deref())),
        first_href: own(list.first_href()),
        action: path,
        outcome,
        frame: visitor
            .frame
            .titled(format!("{}: expected against received", detail.lot.lot_number)),
    })
}
