//! The till. The form carries the whole sale: nothing is kept on the server before it is complete, so the page works
//! without a script, in two tabs, and after a restart.

mod cart;

use super::parked::{self, ParkedRow};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, FieldProblem};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::problem::Link;
use app::catalog::bundle::Allowance;
use app::customers::{self, Customer, NewCustomer};
use app::sales::till::{self, Scanned, TillItem};
use app::sales::{Approval, NewInvoice, NewLine, NewParked, NewPayment, NewSale, checkout};
use app::{Actor, Idempotency, PageRequest, Refusal, RequestInfo};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Json};
use cart::{Cart, CartLine, CartPayment, Reference, TradeIn, typed_money};
use domain::invoice::totals::discount_exceeds;
use domain::{
    Amount, AssetId, AssetStatus, BulkStockId, Capability, CustomerId, InvoiceCustomerType, InvoiceStatus,
    Money, ParkedSaleId, PaymentMethod, Phone, Price, PricePercents, Text, WarrantyTier,
};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

/// templates/pages/sell.html
#[derive(Debug, Template)]
#[template(path = "pages/sell.html")]
pub struct Sell {
    frame: Frame,
    query: String,
    refusal: Option<TillRefusal>,
    found: Vec<Found>,
    lines: Vec<Line>,
    customer: Option<TillCustomer>,
    customer_query: String,
    customer_matches: Vec<TillCustomer>,
    adding_customer: bool,
    new_name: String,
    new_phone: String,
    customer_types: Vec<Choice>,
    lead_sources: Vec<Choice>,
    warranty_tiers: Vec<Choice>,
    item_count: String,
    total: String,
    tax_label: String,
    tax_amount: String,
    tenders: Vec<TenderButton>,
    payments: Vec<Payment>,
    due: String,
    change: String,
    can_complete: bool,
    complete_label: String,
    can_draft: bool,
    trade: TradeIn,
    trade_models: Vec<Choice>,
    approval: Option<ApprovalAsk>,
    parked: Vec<ParkedRow>,
    notice: String,
    may_back_date: bool,
    sale_date: String,
    back_date_reason: String,
    notes: String,
    idempotency_key: String,
    till: Option<String>,
    price_list: String,
    paste: String,
    paste_refused: Vec<(String, String)>,
    errors: Errors,
}

/// Prices that somebody else has to approve: why, and the user name that was typed. A password is never shown again.
#[derive(Debug)]
struct ApprovalAsk {
    why: String,
    username: String,
}

/// Why what was scanned cannot be sold, and the way on.
#[derive(Debug, Clone)]
struct TillRefusal {
    title: String,
    text: String,
    actions: Vec<Link>,
}

#[derive(Debug)]
struct Found {
    reference: String,
    title: String,
    sub: String,
    price: String,
    chip: Chip,
    sellable: bool,
    picture: String,
}

#[derive(Debug)]
struct Line {
    reference: String,
    code: String,
    title: String,
    sub: String,
    grade: String,
    quantity: String,
    unit_price: String,
    list_price: String,
    amount: String,
    is_stock: bool,
    bundled: String,
    is_new: bool,
    error: String,
}

#[derive(Debug, Clone)]
struct TillCustomer {
    id: String,
    name: String,
    sub: String,
}

#[derive(Debug)]
struct TenderButton {
    method: &'static str,
    label: &'static str,
    icon: &'static str,
    key: &'static str,
}

#[derive(Debug)]
struct Payment {
    method: String,
    amount: String,
    reference: String,
    wants_reference: bool,
    may_be_claimed: bool,
    claimed: bool,
    error: String,
    is_new: bool,
}

const TENDERS: [(PaymentMethod, &str, &str, &str); 5] = [
    (PaymentMethod::Cash, "Cash", "banknote", "1"),
    (PaymentMethod::MoMo, "MoMo", "smartphone", "2"),
    (PaymentMethod::Card, "Card", "credit-card", "3"),
    (PaymentMethod::BankTransfer, "Bank", "landmark", "4"),
    (PaymentMethod::Other, "Other", "ellipsis", "5"),
];

fn may_be_sold(item: &TillItem) -> bool {
    match item.status {
        Some(status) => status == AssetStatus::ReadyForSale,
        None => item.available.is_none_or(|free| free > 0),
    }
}

/// Puts a thing on the sale, and with a device what goes with it, one each, at the bundle's price.
async fn add(
    state: &AppState,
    cart: &mut Cart,
    item: &TillItem,
    prices: Option<&PricePercents>,
) -> Result<(), Refusal> {
    let before = cart.lines.len();
    cart.add(item, prices);
    let Some(device) = item.asset_id.filter(|_| cart.lines.len() > before) else {
        return Ok(());
    };
    let bundle = app::catalog::bundle::of_devices(&state.shop, &[device]).await?;
    if bundle.is_empty() {
        return Ok(());
    }
    let ids: Vec<BulkStockId> = bundle.iter().map(|(_, item, _)| *item).collect();
    let free = till::items(&state.shop, &[], &ids).await?;
    for (_, id, price) in bundle {
        let there = free.iter().any(|i| i.bulk_stock_id == Some(id) && may_be_sold(i));
        if there && cart.lines.len() < app::sales::MOST_LINES {
            cart.lines.push(CartLine {
                reference: Reference::Stock(id),
                quantity: "1".into(),
                unit_price: price.to_string(),
                bundled: Reference::Asset(device).to_string(),
                is_new: false,
                error: String::new(),
            });
        }
    }
    Ok(())
}

/// What the last action left to say.
#[derive(Debug, Default)]
struct Word {
    notice: String,
    query: String,
    refusal: Option<TillRefusal>,
    found: Vec<TillItem>,
    customer_matches: Vec<TillCustomer>,
    paste_refused: Vec<(String, String)>,
    errors: Errors,
}

fn not_sellable(item: &TillItem) -> TillRefusal {
    let text = match item.status {
        Some(AssetStatus::Sold) => "It is sold already. Its page says when and to whom.".to_owned(),
        Some(AssetStatus::Reserved) => {
            "It is held for somebody else. Its page says for whom and until when.".to_owned()
        }
        Some(status) => format!("It is {status}: it has to be ready for sale first."),
        None => "There is none left. Receive more first, or count it again.".to_owned(),
    };
    let href = match (item.asset_id, item.bulk_stock_id) {
        (Some(id), _) => format!("/devices/{id}"),
        (_, Some(id)) => format!("/stock/{id}"),
        _ => "/devices".into(),
    };
    TillRefusal {
        title: format!("{} {} cannot be sold", item.code, item.title),
        text,
        actions: vec![Link {
            label: format!("Open {}", item.code),
            href,
        }],
    }
}

/// What the price list of a customer takes off, and its name.
async fn prices_of(
    state: &AppState,
    customer: Option<CustomerId>,
) -> Result<Option<(String, PricePercents)>, Refusal> {
    match customer {
        Some(id) => app::wholesale::price_lists::of_customer(&state.shop, id).await,
        None => Ok(None),
    }
}

/// Sells to somebody else: lines at the usual price take theirs; a price that was typed stays.
async fn choose_customer(state: &AppState, cart: &mut Cart, id: Option<CustomerId>) -> Result<(), Refusal> {
    let (before, after) = (
        prices_of(state, cart.customer_id).await?,
        prices_of(state, id).await?,
    );
    cart.customer_id = id;
    if cart.lines.is_empty() || (before.is_none() && after.is_none()) {
        return Ok(());
    }
    let items = cart_items(state, cart).await?;
    for line in cart.lines.iter_mut().filter(|line| line.bundled.is_empty()) {
        let Some(item) = items.iter().find(|i| Reference::of(i) == Some(line.reference)) else {
            continue;
        };
        let usual = |list: &Option<(String, PricePercents)>| item.usual_price(list.as_ref().map(|l| &l.1));
        if typed_money(&line.unit_price) == usual(&before)
            && let Some(price) = usual(&after)
        {
            line.unit_price = price.to_string();
        }
    }
    Ok(())
}

/// What stands in the cart.
async fn cart_items(state: &AppState, cart: &Cart) -> Result<Vec<TillItem>, Refusal> {
    let (mut assets, mut stock) = (Vec::new(), Vec::new());
    for line in &cart.lines {
        match line.reference {
            Reference::Asset(id) => assets.push(id),
            Reference::Stock(id) => stock.push(id),
        }
    }
    if cart.lines.is_empty() {
        return Ok(Vec::new());
    }
    till::items(&state.shop, &assets, &stock).await
}

async fn scan(state: &AppState, cart: &mut Cart, word: &mut Word, text: &str) -> Result<(), Refusal> {
    match till::scan(&state.shop, text).await? {
        Scanned::Exact(item) if may_be_sold(&item) => {
            let prices = prices_of(state, cart.customer_id).await?;
            add(state, cart, &item, prices.as_ref().map(|list| &list.1)).await?;
        }
        Scanned::Exact(item) => {
            word.refusal = Some(not_sellable(&item));
            word.query = text.to_owned();
        }
        Scanned::Found(found) if found.is_empty() => {
            word.query = text.to_owned();
            word.refusal = Some(TillRefusal {
                title: format!("Nothing is called {text}"),
                text: "No device has this tag, serial or IMEI, and no item this SKU or name. Check it, or receive it first."
                    .into(),
                actions: Vec::new(),
            });
        }
        Scanned::Found(found) => {
            word.query = text.to_owned();
            word.found = found;
        }
    }
    Ok(())
}

async fn pick(
    state: &AppState,
    cart: &mut Cart,
    word: &mut Word,
    reference: Reference,
) -> Result<(), Refusal> {
    let items = match reference {
        Reference::Asset(id) => till::items(&state.shop, &[id], &[]).await?,
        Reference::Stock(id) => till::items(&state.shop, &[], &[id]).await?,
    };
    match items.first() {
        Some(item) if may_be_sold(item) => {
            let prices = prices_of(state, cart.customer_id).await?;
            add(state, cart, item, prices.as_ref().map(|list| &list.1)).await?;
        }
        Some(item) => word.refusal = Some(not_sellable(item)),
        None => {}
    }
    Ok(())
}

async fn find_customer(state: &AppState, frame: &Frame, query: &str) -> Result<Vec<TillCustomer>, Refusal> {
    let request = PageRequest {
        limit: 6,
        q: Some(query.to_owned()),
        ..PageRequest::default()
    };
    let page = app::lists::page::<Customer>(&state.shop, &customers::LIST, &request).await?;
    Ok(page.data.iter().map(|c| till_customer(frame, c)).collect())
}

fn till_customer(frame: &Frame, customer: &Customer) -> TillCustomer {
    let phone = frame.phone(&customer.phone);
    TillCustomer {
        id: customer.id.to_string(),
        name: customer.full_name.clone(),
        sub: customer
            .business_name
            .as_ref()
            .map_or(phone.clone(), |b| format!("{b} · {phone}")),
    }
}

struct Reckoned {
    total: Money,
    paid: Money,
    due: Money,
    change: Money,
    tax_label: String,
    tax_amount: String,
}

/// Adds up what can be added up; a price or quantity that cannot be read stands as an error on its line.
async fn reckon(state: &AppState, cart: &mut Cart) -> Result<Reckoned, Refusal> {
    let mut priced = Vec::new();
    for line in &mut cart.lines {
        let price = typed_money(&line.unit_price);
        let quantity = line
            .quantity
            .parse::<i32>()
            .ok()
            .filter(|q| (1..=100_000).contains(q));
        match (price, quantity) {
            (Some(price), Some(quantity)) => priced.push((price, quantity)),
            (None, _) => line.error = "A price is an amount like 4900 or 4900.50.".into(),
            (_, None) => line.error = "A quantity is a whole number from 1 on.".into(),
        }
    }
    let totals = till::reckon(&state.shop, cart.day().unwrap_or(state.shop.today()), &priced).await?;
    let mut paid = typed_money(&cart.trade.value)
        .filter(|_| cart.trade.is_typed())
        .unwrap_or(Money::ZERO);
    let mut cash = Money::ZERO;
    for payment in &mut cart.payments {
        match typed_money(&payment.amount) {
            Some(amount) => {
                paid = paid.checked_add(amount).unwrap_or(Money::MAX);
                if payment.method == PaymentMethod::Cash {
                    cash = cash.checked_add(amount).unwrap_or(Money::MAX);
                }
            }
            None => payment.error = "An amount is a number like 500 or 500.50.".into(),
        }
    }
    let over = paid
        .checked_sub(totals.total_amount)
        .filter(|m| m.is_positive())
        .unwrap_or(Money::ZERO);
    let due = totals
        .total_amount
        .checked_sub(paid)
        .filter(|m| m.is_positive())
        .unwrap_or(Money::ZERO);
    let names: Vec<&str> = totals.tax_lines.iter().map(|t| t.name.as_str()).collect();
    let tax_label = match totals.tax_mode {
        "inclusive" => format!("incl. {}", names.join(", ")),
        "exclusive" => format!("plus {}", names.join(", ")),
        _ => String::new(),
    };
    Ok(Reckoned {
        total: totals.total_amount,
        paid,
        due,
        change: over.min(cash),
        tax_amount: if tax_label.is_empty() {
            String::new()
        } else {
            totals.tax_amount.grouped()
        },
        tax_label,
    })
}

/// Whether prices of this cart are further below the usual than this person may sell at.
async fn approval(
    state: &AppState,
    actor: &Actor,
    cart: &Cart,
    items: &[TillItem],
    prices: Option<&PricePercents>,
) -> Result<Option<ApprovalAsk>, Refusal> {
    if actor.can(Capability::Discount) {
        return Ok(None);
    }
    let allowed = state.shop.settings().await?.allowed_discount_percent;
    let devices: Vec<AssetId> = items.iter().filter_map(|item| item.asset_id).collect();
    let mut bundled = Allowance::of(&app::catalog::bundle::of_devices(&state.shop, &devices).await?);
    let codes: Vec<&str> = cart
        .lines
        .iter()
        .filter_map(|line| {
            let item = items.iter().find(|i| Reference::of(i) == Some(line.reference))?;
            let (usual, price) = (item.usual_price(prices)?, typed_money(&line.unit_price)?);
            let quantity = line.quantity.parse().unwrap_or(1);
            let goes_with = |id| bundled.take(id, price, quantity);
            (discount_exceeds(usual, price, allowed) && !item.bulk_stock_id.is_some_and(goes_with))
                .then_some(item.code.as_str())
        })
        .collect();
    Ok((!codes.is_empty()).then(|| ApprovalAsk {
        why: format!(
            "{} goes for more than {} % below the list price.",
            codes.join(", "),
            allowed.normalize()
        ),
        username: cart.approver.clone(),
    }))
}

async fn page(
    state: &AppState,
    actor: &Actor,
    frame: Frame,
    mut cart: Cart,
    word: Word,
) -> Result<Sell, Refusal> {
    let till = app::tills::current_head(&state.shop, actor).await?;
    let items = cart_items(state, &cart).await?;
    let prices = prices_of(state, cart.customer_id).await?;
    let approval = approval(state, actor, &cart, &items, prices.as_ref().map(|list| &list.1)).await?;
    let price_list = prices.map(|list| list.0);
    cart.lines
        .retain(|line| items.iter().any(|i| Reference::of(i) == Some(line.reference)));
    // What was sold or held meanwhile says so on its line.
    for line in &mut cart.lines {
        let item = items.iter().find(|i| Reference::of(i) == Some(line.reference));
        if let Some(item) = item.filter(|i| i.asset_id.is_some() && !may_be_sold(i)) {
            line.error = not_sellable(item).text;
        }
    }
    let sums = reckon(state, &mut cart).await?;
    let customer = match cart.customer_id {
        Some(id) => match customers::find(&state.shop, id).await {
            Ok(customer) => Some(till_customer(&frame, &customer)),
            Err(Refusal::NotFound(_)) => None,
            Err(refusal) => return Err(refusal),
        },
        None => None,
    };
    let pieces: u64 = cart
        .lines
        .iter()
        .map(|l| l.quantity.parse::<u64>().unwrap_or(0))
        .sum();
    let has_customer = customer.is_some() || cart.has_customer();
    let sound =
        cart.lines.iter().all(|l| l.error.is_empty()) && cart.payments.iter().all(|p| p.error.is_empty());
    let paid_up = !sums.due.is_positive() && (sums.paid.is_positive() || sums.total.is_zero());
    let part = has_customer && sums.paid.is_positive() && sums.due.is_positive();
    let lines: Vec<Line> = cart
        .lines
        .iter()
        .filter_map(|line| {
            let item = items.iter().find(|i| Reference::of(i) == Some(line.reference))?;
            let price = typed_money(&line.unit_price);
            let quantity = line.quantity.parse::<i32>().unwrap_or(1);
            let amount = price.and_then(|p| p.checked_mul_quantity(quantity));
            let list = item.list_price.filter(|list| Some(*list) != price);
            let free = item.available.filter(|free| *free < quantity);
            let error = match free {
                Some(free) if line.error.is_empty() => format!("Only {free} left."),
                _ => line.error.clone(),
            };
            Some(Line {
                reference: line.reference.to_string(),
                code: item.code.clone(),
                title: item.title.clone(),
                sub: item.sub.clone(),
                grade: item.grade.map(|g| g.to_string()).unwrap_or_default(),
                quantity: line.quantity.clone(),
                unit_price: line.unit_price.clone(),
                list_price: list.map(|p| p.grouped()).unwrap_or_default(),
                amount: amount.map(|a| a.grouped()).unwrap_or_default(),
                is_stock: item.bulk_stock_id.is_some(),
                bundled: line.bundled.clone(),
                is_new: line.is_new,
                error,
            })
        })
        .collect();
    let payments = cart
        .payments
        .iter()
        .map(|p| Payment {
            method: p.method.to_string(),
            amount: p.amount.clone(),
            reference: p.reference.clone(),
            wants_reference: p.method != PaymentMethod::Cash,
            may_be_claimed: matches!(p.method, PaymentMethod::MoMo | PaymentMethod::BankTransfer),
            claimed: p.claimed,
            error: p.error.clone(),
            is_new: p.is_new,
        })
        .collect();
    let customer_type = if cart.customer_type.is_empty() {
        match (has_customer, price_list.is_some()) {
            (true, true) => "Wholesale",
            (true, false) => "Retail",
            (false, _) => "Walk-in",
        }
    } else {
        cart.customer_type.as_str()
    };
    let sources = till::lead_sources(&state.shop).await?;
    let shown_due = if sums.total.is_positive() && sums.due.is_positive() {
        sums.due.grouped()
    } else {
        String::new()
    };
    Ok(Sell {
        frame: frame.titled("Sell"),
        query: word.query,
        refusal: word.refusal,
        found: word
            .found
            .iter()
            .filter_map(|item| {
                let sellable = may_be_sold(item);
                let chip = item
                    .status
                    .map_or_else(|| Chip::new("None left", "bad"), Chip::from);
                Some(Found {
                    reference: Reference::of(item)?.to_string(),
                    title: item.title.clone(),
                    sub: format!("{} · {}", item.code, item.sub),
                    price: item.list_price.map(|p| p.grouped()).unwrap_or_default(),
                    chip,
                    sellable,
                    picture: item
                        .image_url
                        .as_deref()
                        .and_then(app::catalog::picture::small)
                        .unwrap_or_default(),
                })
            })
            .collect(),
        adding_customer: !cart.new_name.is_empty() || !cart.new_phone.is_empty(),
        customer,
        customer_query: cart.customer_query.clone(),
        customer_matches: word.customer_matches,
        new_name: cart.new_name.clone(),
        new_phone: cart.new_phone.clone(),
        customer_types: Choice::list(
            InvoiceCustomerType::ALL.iter().map(|t| (t.as_str(), t.as_str())),
            customer_type,
        ),
        lead_sources: Choice::list(
            sources.iter().map(|s| (s.as_str(), s.as_str())),
            &cart.lead_source,
        ),
        warranty_tiers: Choice::list(
            [
                ("", "As usual"),
                ("Standard", "Standard"),
                ("Premium 1-Year", "Premium 1-Year"),
            ],
            &cart.warranty_tier,
        ),
        item_count: if pieces == 1 {
            "1 piece".into()
        } else {
            format!("{pieces} pieces")
        },
        total: sums.total.grouped(),
        tax_label: sums.tax_label,
        tax_amount: sums.tax_amount,
        tenders: TENDERS
            .iter()
            .map(|(method, label, icon, key)| TenderButton {
                method: method.as_str(),
                label,
                icon,
                key,
            })
            .collect(),
        payments,
        due: shown_due,
        change: if sums.change.is_positive() {
            sums.change.grouped()
        } else {
            String::new()
        },
        can_complete: sound && !lines.is_empty() && (paid_up || part),
        complete_label: if part && !paid_up {
            "Take part payment, hold the goods".into()
        } else {
            "Complete sale".into()
        },
        can_draft: !lines.is_empty(),
        lines,
        trade_models: Choice::list(app::catalog::named(&state.shop).await?, &cart.trade.model),
        trade: cart.trade.clone(),
        approval,
        parked: parked::rows(state).await?,
        notice: word.notice,
        may_back_date: actor.can(Capability::BackDate),
        sale_date: cart.sale_date.clone(),
        back_date_reason: cart.back_date_reason.clone(),
        notes: cart.notes.clone(),
        idempotency_key: cart.key.clone(),
        till: till.map(|till| {
            let opened = till.opened_at.with_timezone(&state.shop.zone());
            let today = opened.date_naive() == state.shop.today();
            match till.state {
                domain::TillState::Counted => "Your till is counted: say why it differs, then go on.".into(),
                _ if today => format!("Till open since {}", opened.format("%H:%M")),
                _ => format!("Till open since {}", opened.format("%a %-d %b, %H:%M")),
            }
        }),
        price_list: price_list.unwrap_or_default(),
        paste: word
            .paste_refused
            .iter()
            .map(|(line, _)| line.as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        paste_refused: word.paste_refused,
        errors: word.errors,
    })
}

/// `GET /sell`, with `?scan=` to begin with a thing.
pub async fn till(
    State(state): State<AppState>,
    visitor: Visitor,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let (mut cart, mut word) = (Cart::empty(), Word::default());
    cart.customer_id = form.get("customer_id").parse().ok();
    if !form.get("scan").is_empty() {
        scan(&state, &mut cart, &mut word, form.get("scan")).await?;
    }
    show(&page(&state, &visitor.actor, visitor.frame, cart, word).await?)
}

/// `POST /sell`: every button of the till.
pub async fn act(
    State(state): State<AppState>,
    mut visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> PageResult {
    let mut cart = Cart::read(&form);
    let mut word = Word::default();
    let wish = form.get("do");
    let (verb, object) = wish.split_once(':').unwrap_or((wish, ""));
    let scanned = form.get("scan").trim().to_owned();
    match verb {
        "" | "add" | "update" => {
            if !scanned.is_empty() {
                scan(&state, &mut cart, &mut word, &scanned).await?;
            }
            if verb != "update"
                && scanned.is_empty()
                && !cart.customer_query.is_empty()
                && cart.customer_id.is_none()
            {
                word.customer_matches =
                    find_customer(&state, &visitor.frame, &cart.customer_query.clone()).await?;
            }
        }
        "remove" => {
            if let Some(n) = object.parse::<usize>().ok().filter(|n| *n < cart.lines.len()) {
                let gone = cart.lines.remove(n).reference.to_string();
                cart.lines.retain(|line| line.bundled != gone);
            }
        }
        "pick" => {
            if let Ok(reference) = object.parse() {
                pick(&state, &mut cart, &mut word, reference).await?;
            }
        }
        "pay" => {
            if let Ok(method) = object.parse() {
                let due = reckon(&state, &mut cart).await?.due;
                let amount = due.to_string();
                cart.payments.push(CartPayment {
                    method,
                    amount,
                    reference: String::new(),
                    claimed: false,
                    is_new: true,
                    error: String::new(),
                });
            }
        }
        "unpay" => {
            if let Some(n) = object.parse::<usize>().ok().filter(|n| *n < cart.payments.len()) {
                cart.payments.remove(n);
            }
        }
        "find-customer" => {
            let matches = find_customer(&state, &visitor.frame, &cart.customer_query.clone()).await?;
            if matches.is_empty() {
                // What was typed is most likely the new customer's phone or name.
                match Phone::parse(&cart.customer_query) {
                    Ok(phone) if cart.new_phone.is_empty() => cart.new_phone = phone.to_string(),
                    Err(_) if cart.new_name.is_empty() => cart.new_name = cart.customer_query.clone(),
                    _ => {}
                }
            }
            word.customer_matches = matches;
        }
        "customer" => {
            choose_customer(&state, &mut cart, object.parse().ok()).await?;
            cart.customer_query.clear();
            if cart.customer_id.is_some() && cart.customer_type == "Walk-in" {
                cart.customer_type.clear();
            }
        }
        "paste" => {
            let pasted = till::paste(&state.shop, form.get("paste")).await?;
            let prices = prices_of(&state, cart.customer_id).await?;
            for item in &pasted.found {
                if cart.lines.len() < app::sales::MOST_LINES {
                    add(&state, &mut cart, item, prices.as_ref().map(|list| &list.1)).await?;
                }
            }
            word.paste_refused = pasted.refused;
        }
        "clear" => cart = Cart::empty(),
        "park" => (cart, word) = park(&state, &mut visitor, &form, cart).await?,
        "resume" | "discard" => {
            if let Ok(id) = object.parse() {
                (cart, word) = unpark(&state, &mut visitor, cart, id, verb == "resume").await?;
            }
        }
        "complete" | "draft" => {
            return complete(state, visitor, &headers, &form, cart, verb == "draft").await;
        }
        _ => {}
    }
    show(&page(&state, &visitor.actor, visitor.frame, cart, word).await?)
}

/// Puts the sale aside, under a label or whom it is for.
async fn park(
    state: &AppState,
    visitor: &mut Visitor,
    form: &Form,
    mut cart: Cart,
) -> Result<(Cart, Word), Refusal> {
    let mut word = Word::default();
    if cart.lines.is_empty() {
        word.errors.summary = "There is nothing on this sale that could be put aside.".into();
        return Ok((cart, word));
    }
    let total = reckon(state, &mut cart).await?.total;
    let customer = match cart.customer_id {
        Some(id) => customers::find(&state.shop, id).await.ok().map(|c| c.full_name),
        None => Some(cart.new_name.clone()).filter(|name| !name.is_empty()),
    };
    let first = cart_items(state, &cart)
        .await?
        .into_iter()
        .next()
        .map(|i| i.title);
    let typed = form.get("park_label").trim();
    let label = [
        Some(typed.to_owned()).filter(|t| !t.is_empty()),
        customer.clone(),
        first,
    ]
    .into_iter()
    .flatten()
    .next()
    .unwrap_or_else(|| "A sale".into());
    let label: String = label.chars().take(60).collect();
    visitor.actor.request.idempotency = key_of(form, &cart).map(|key| Idempotency {
        key: format!("park-{}", cart.key),
        ..key
    });
    let new = NewParked {
        label: label
            .parse()
            .map_err(|e: String| Refusal::invalid("/park_label", e))?,
        customer_name: customer,
        total_amount: total,
        cart: parked::kept(form),
    };
    let outcome = app::sales::parked::park(&state.shop, &visitor.actor, new).await;
    visitor.actor.request.idempotency = None;
    match outcome {
        Ok(_) | Err(Refusal::Replay(_)) => {
            word.notice = format!(
                "{label} is put aside until the end of the day. Nothing of it is held: its goods can be sold meanwhile."
            );
            Ok((Cart::empty(), word))
        }
        Err(refusal) => refused(cart, refusal),
    }
}

/// Goes on with a sale that was put aside, or drops it.
async fn unpark(
    state: &AppState,
    visitor: &mut Visitor,
    cart: Cart,
    id: ParkedSaleId,
    resume: bool,
) -> Result<(Cart, Word), Refusal> {
    let mut word = Word::default();
    if resume && !cart.lines.is_empty() {
        word.errors.summary = "Finish this sale or put it aside first, then go on with the other one.".into();
        return Ok((cart, word));
    }
    // Pressed again after a lost answer, it is the same sale.
    visitor.actor.request.idempotency = Some(Idempotency {
        key: format!("unpark-{id}-{}", cart.key),
        fingerprint: b"unpark".to_vec(),
    });
    let outcome = match resume {
        true => app::sales::parked::resume(&state.shop, &visitor.actor, id).await,
        false => app::sales::parked::discard(&state.shop, &visitor.actor, id).await,
    };
    visitor.actor.request.idempotency = None;
    let fields = match outcome {
        Ok(sale) => sale.cart,
        Err(Refusal::Replay(answer)) => answer
            .field("cart")
            .and_then(|cart| serde_json::from_value(cart).ok())
            .unwrap_or_default(),
        Err(refusal @ Refusal::Conflict { .. }) => {
            word.errors.summary = refusal.sentence();
            return Ok((cart, word));
        }
        Err(refusal) => return Err(refusal),
    };
    if resume {
        return Ok((Cart::read(&Form::from_pairs(fields)), word));
    }
    word.notice = "The sale that was put aside is dropped.".into();
    Ok((cart, word))
}

/// `POST /sell/saved`: whether the sale with this form's key was saved. The key of a sale that was not is closed, so the form
/// goes on with another.
pub async fn saved(State(state): State<AppState>, visitor: Visitor, form: Form) -> PageResult {
    let key = format!("till-{}", form.get("key"));
    if key.len() > 105 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Refusal::invalid("/key", "This is no key of a sale.").into());
    }
    let answer = app::sales::saved::saved(&state.shop, &visitor.actor, &key).await?;
    let Some(answer) = answer else {
        return Ok(Json(json!({"saved": false, "key": form_key()})).into_response());
    };
    let text = |name: &str| match answer.field(name) {
        Some(serde_json::Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let (id, number) = (text("id"), text("invoice_number"));
    let word = format!("Saved as {number}: it was saved before the connection was lost, and once.");
    let page = match text("status").as_str() {
        "Paid" => format!("/invoices/{id}/sold"),
        _ => format!("/invoices/{id}"),
    };
    let mut response = redirect(&page, Some(("good", &word)));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().remove(header::LOCATION);
    let (parts, _) = response.into_parts();
    let told = json!({"saved": true, "invoice_number": number, "href": page});
    Ok((parts.headers, Json(told)).into_response())
}

/// A script that sends the sale itself is told where to go instead of being sent there: it would swallow the message.
fn told_where(headers: &HeaderMap, mut response: axum::response::Response) -> axum::response::Response {
    let asks = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    match response.headers_mut().remove(header::LOCATION) {
        Some(to) if asks => {
            let href = to.to_str().unwrap_or("/sell").to_owned();
            let (parts, _) = response.into_parts();
            (parts.headers, Json(json!({"href": href}))).into_response()
        }
        Some(to) => {
            response.headers_mut().insert(header::LOCATION, to);
            response
        }
        None => response,
    }
}

/// The command, or what is wrong with the form, by line and payment.
fn sale_of(cart: &Cart) -> Result<NewSale, Refusal> {
    let lines = cart
        .lines
        .iter()
        .enumerate()
        .map(|(n, line)| {
            let mut new = NewLine::default();
            match line.reference {
                Reference::Asset(id) => new.asset_id = Some(id),
                Reference::Stock(id) => new.bulk_stock_id = Some(id),
            }
            new.quantity = line.quantity.parse().ok();
            let price = typed_money(&line.unit_price).ok_or_else(|| {
                Refusal::invalid(
                    format!("/lines/{n}/unit_price"),
                    "A price is an amount like 4900 or 4900.50.",
                )
            })?;
            new.unit_price = Some(
                Price::try_from(price)
                    .map_err(|e| Refusal::invalid(format!("/lines/{n}/unit_price"), e.to_string()))?,
            );
            Ok(new)
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let payments = cart
        .payments
        .iter()
        .enumerate()
        .map(|(n, payment)| {
            let pointer = format!("/payments/{n}/amount");
            let amount = typed_money(&payment.amount).ok_or_else(|| {
                Refusal::invalid(pointer.clone(), "An amount is a number like 500 or 500.50.")
            })?;
            let reference = match payment.reference.as_str() {
                "" => None,
                text => Some(
                    text.parse::<Text<0, 100>>()
                        .map_err(|e| Refusal::invalid(format!("/payments/{n}/reference"), e))?,
                ),
            };
            Ok(NewPayment {
                payment_date: None,
                back_date_reason: None,
                claimed: payment.claimed,
                payment_method: payment.method,
                amount: Amount::try_from(amount).map_err(|e| Refusal::invalid(pointer, e.to_string()))?,
                reference,
                notes: None,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let customer = if cart.customer_id.is_none() && (!cart.new_name.is_empty() || !cart.new_phone.is_empty())
    {
        Some(NewCustomer {
            customer_type: None,
            full_name: cart
                .new_name
                .parse()
                .map_err(|e| Refusal::invalid("/new_name", e))?,
            business_name: None,
            email: None,
            phone: Phone::parse(&cart.new_phone)
                .map_err(|e| Refusal::invalid("/new_phone", e.to_string()))?,
            alternate_phone: None,
            address: None,
            city: None,
            region: None,
            notes: None,
        })
    } else {
        None
    };
    let known = cart.customer_id.is_some() || customer.is_some();
    let customer_type = match cart.customer_type.parse::<InvoiceCustomerType>() {
        Ok(InvoiceCustomerType::WalkIn) | Err(_) if known => InvoiceCustomerType::Retail,
        Ok(chosen) => chosen,
        Err(_) => InvoiceCustomerType::WalkIn,
    };
    let text = |value: &str, field: &str| match value {
        "" => Ok(None),
        _ => value
            .parse::<Text<0, 500>>()
            .map(Some)
            .map_err(|e: String| Refusal::invalid(format!("/{field}"), e)),
    };
    let invoice_date = match cart.sale_date.as_str() {
        "" => None,
        _ => Some(
            cart.day()
                .ok_or_else(|| Refusal::invalid("/invoice_date", "A day is written like 2026-01-31."))?,
        ),
    };
    Ok(NewSale {
        invoice_date,
        back_date_reason: text(&cart.back_date_reason, "back_date_reason")?,
        trade_ins: cart.trade.wish()?,
        approval: None,
        customer_id: cart.customer_id,
        customer,
        customer_type,
        lead_source: match cart.lead_source.as_str() {
            "" => None,
            name => Some(
                name.parse()
                    .map_err(|e: String| Refusal::invalid("/lead_source", e))?,
            ),
        },
        notes: match cart.notes.as_str() {
            "" => None,
            notes => Some(notes.parse().map_err(|e: String| Refusal::invalid("/notes", e))?),
        },
        lines,
        payments,
        warranty_tier: cart.warranty_tier.parse::<WarrantyTier>().ok(),
    })
}

async fn complete(
    state: AppState,
    mut visitor: Visitor,
    headers: &HeaderMap,
    form: &Form,
    cart: Cart,
    draft: bool,
) -> PageResult {
    visitor.actor.request = RequestInfo {
        idempotency: key_of(form, &cart),
        ..visitor.actor.request
    };
    let password = form.get("approval_password");
    let sale = sale_of(&cart).map(|sale| NewSale {
        approval: (!password.is_empty() || !cart.approver.is_empty()).then(|| Approval {
            username: cart.approver.clone(),
            password: password.to_owned(),
        }),
        ..sale
    });
    let outcome = match sale {
        Ok(sale) if draft && !sale.trade_ins.is_empty() => Err(Refusal::invalid(
            format!("/{}", TradeIn::SERIAL),
            "A device is taken in trade when the sale is paid: complete the sale, or take the trade-in out.",
        )),
        Ok(sale) if draft && sale.invoice_date.is_some() => Err(Refusal::invalid(
            "/invoice_date",
            "A draft is of today: leave the day out, or complete the sale.",
        )),
        Ok(sale) if draft => app::invoices::create(&state.shop, &visitor.actor, as_invoice(sale)).await,
        Ok(sale) => checkout(&state.shop, &visitor.actor, sale).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(detail) => Ok(told_where(
            headers,
            done(&detail.invoice.id.to_string(), detail.invoice.status),
        )),
        // The same sale was completed by the first of two Enters: this is it.
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            let status = answer
                .field("status")
                .and_then(|s| serde_json::from_value(s).ok());
            Ok(told_where(
                headers,
                done(&id, status.unwrap_or(InvoiceStatus::Paid)),
            ))
        }
        Err(refusal) => {
            let (cart, word) = refused(cart, refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, &visitor.actor, visitor.frame, cart, word).await?,
            )
        }
    }
}

fn as_invoice(sale: NewSale) -> NewInvoice {
    NewInvoice {
        customer_id: sale.customer_id,
        customer: sale.customer,
        customer_type: sale.customer_type,
        lead_source: sale.lead_source,
        notes: sale.notes,
        lines: sale.lines,
        warranty_tier: sale.warranty_tier,
    }
}

fn key_of(form: &Form, cart: &Cart) -> Option<Idempotency> {
    let ok = cart.key.len() <= 100 && cart.key.bytes().all(|b| b.is_ascii_graphic());
    ok.then(|| Idempotency {
        key: format!("till-{}", cart.key),
        fingerprint: form.fingerprint("/sell"),
    })
}

fn done(id: &str, status: InvoiceStatus) -> axum::response::Response {
    match status {
        InvoiceStatus::Paid => redirect(&format!("/invoices/{id}/sold"), None),
        InvoiceStatus::Sent => redirect(
            &format!("/invoices/{id}"),
            Some((
                "good",
                "The payment is taken and the goods are held. The rest is still to pay.",
            )),
        ),
        _ => redirect(
            &format!("/invoices/{id}"),
            Some(("good", "The draft is kept and its goods are held.")),
        ),
    }
}

/// The till's own fields: what a pointer is called on the page.
fn label_of(pointer: &str) -> Option<(&'static str, &'static str)> {
    Some(match pointer {
        "/new_name" => ("new_name", "Full name"),
        "/new_phone" => ("new_phone", "Phone"),
        "/invoice_date" => ("invoice_date", "Day of the sale"),
        "/back_date_reason" => ("back_date_reason", "Why it is entered for an earlier day"),
        "/trade_ins_0_serial_number" | "/trade_ins/0/serial_number" => {
            (TradeIn::SERIAL, "Serial number of the old device")
        }
        "/trade_ins_0_product_model_id" | "/trade_ins/0/product_model_id" => (TradeIn::MODEL, "Model"),
        "/trade_ins_0_agreed_value" | "/trade_ins/0/agreed_value" => (TradeIn::VALUE, "It counts for"),
        "/trade_ins_0_condition" | "/trade_ins/0/condition" => (TradeIn::CONDITION, "Condition"),
        "/approval/username" => ("approval_username", "Approved by"),
        "/approval/password" => ("approval_password", "Their password"),
        _ => return None,
    })
}

/// Puts a refusal where it belongs: on its line, its payment, its field, or over the cart.
fn refused(mut cart: Cart, refusal: Refusal) -> Result<(Cart, Word), Refusal> {
    let mut word = Word::default();
    match refusal {
        Refusal::Invalid(fields) => {
            for field in fields {
                let mut parts = field.pointer.trim_start_matches('/').split('/');
                let (list, n) = (
                    parts.next().unwrap_or(""),
                    parts.next().and_then(|n| n.parse::<usize>().ok()),
                );
                match (list, n) {
                    ("lines", Some(n)) if n < cart.lines.len() => cart.lines[n].error = field.detail,
                    ("payments", Some(n)) if n < cart.payments.len() => cart.payments[n].error = field.detail,
                    _ => match label_of(&field.pointer) {
                        Some((name, label)) => word.errors.list.push(FieldProblem {
                            name: name.to_owned(),
                            label: label.to_owned(),
                            text: field.detail,
                        }),
                        None => word.errors.summary = field.detail,
                    },
                }
            }
            if word.errors.summary.is_empty() && word.errors.list.is_empty() {
                word.errors.summary =
                    "Nothing was sold yet: something on this sale needs another look.".into();
            }
        }
        Refusal::Conflict { detail, .. } => {
            word.refusal = Some(TillRefusal {
                title: "Nothing was sold".into(),
                text: detail,
                actions: Vec::new(),
            });
        }
        other => {
            word.errors = Errors::from_refusal(other)?;
        }
    }
    Ok((cart, word))
}
