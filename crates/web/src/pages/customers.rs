//! Customers: finding them, and everything about one on a page.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Tab};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::customers::{self, Customer, CustomerRow, NewCustomer};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{CustomerId, CustomerType, ListName, Money, Phone};
use http::StatusCode;

/// As people read it, or masked for those who may not call.
fn shown_phone(frame: &Frame, phone: &str) -> String {
    if frame.can(&Capability::SeeCustomerContacts) {
        Phone::parse(phone).map_or_else(|_| phone.to_owned(), |p| p.international())
    } else {
        frame.phone(phone)
    }
}

fn types() -> impl Iterator<Item = (CustomerType, CustomerType)> {
    CustomerType::ALL.iter().map(|t| (*t, *t))
}

impl Listed for CustomerRow {
    fn id(&self) -> String {
        self.customer.id.to_string()
    }
    fn title(&self) -> String {
        self.customer.full_name.clone()
    }
    fn subtitle(&self) -> String {
        self.customer.business_name.clone().unwrap_or_default()
    }
    fn href(&self) -> String {
        format!("/customers/{}", self.customer.id)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Customers,
    path: "/customers",
    spec: &customers::LIST,
    title: "Customers",
    row: "Name",
    row_sort: "full_name",
    search: "Name, phone, business or e-mail",
};

/// `GET /customers`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let actor = visitor.actor.clone();
    let fetch = move |shop, request| {
        let actor = actor.clone();
        async move { customers::rows(&shop, &actor, &request).await }
    };
    let (listing, page) = match Listing::<CustomerRow>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let can = |capability| visitor.actor.can(capability);
    let (edits, manages) = (can(Capability::EditCustomers), can(Capability::ManageCustomers));
    listing
        .view(&state, visitor, &page)
        .action(manages, "Duplicates", "/customers/duplicates", "users")
        .action(edits, "Add a customer", "/customers/new", "plus")
        .select("Kind", "customer_type", types())
        .named("city", "City", String::new())
        .empty(
            "Nobody is called that",
            "No customers yet",
            "They are added at the till in a moment, or here.",
            "users",
        )
        .offer(edits, "Add a customer", "/customers/new")
        .show()
}

/// templates/pages/customer_form.html
#[derive(Debug, Template)]
#[template(path = "pages/customer_form.html")]
pub struct CustomerForm {
    frame: Frame,
    action: String,
    back_href: String,
    form: Form,
    version: String,
    customer_types: Vec<Choice>,
    form_key: String,
    errors: Errors,
    duplicates: Vec<Customer>,
}

fn form_page(
    frame: Frame,
    id: Option<CustomerId>,
    form: Form,
    errors: Errors,
    duplicates: Vec<Customer>,
) -> CustomerForm {
    let kind = if form.get("customer_type").is_empty() {
        CustomerType::Retail.as_str()
    } else {
        form.get("customer_type")
    };
    CustomerForm {
        action: id.map_or("/customers/new".into(), |id| format!("/customers/{id}/edit")),
        back_href: id.map_or("/customers".into(), |id| format!("/customers/{id}")),
        version: form.get("version").into(),
        customer_types: Choice::list(types(), kind),
        form_key: form_key(),
        frame: frame.titled(if id.is_none() {
            "Add a customer"
        } else {
            "Edit the customer"
        }),
        form,
        errors,
        duplicates,
    }
}

/// `GET /customers/new`
pub async fn new(visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    // A search that found nobody brings its name or phone along.
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let form = Form::from_iter([
        ("full_name", asked.get("full_name")),
        ("phone", asked.get("phone")),
        ("city", "Accra"),
    ]);
    show(&form_page(
        visitor.frame,
        None,
        form,
        Errors::default(),
        Vec::new(),
    ))
}

/// `POST /customers/new`. The first time, a phone that somebody has already is pointed out.
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/customers/new");
    let new = form.parse::<NewCustomer>(&["duplicate_seen"]);
    let phone = new.as_ref().map(|n| n.phone.to_string()).unwrap_or_default();
    let outcome = match new {
        Ok(new) if form.is_on("duplicate_seen") => customers::create(&state.shop, &visitor.actor, new).await,
        Ok(new) => customers::create_unless_known(&state.shop, &visitor.actor, new).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(customer) => Ok(redirect(
            &format!("/customers/{}", customer.id),
            Some(("good", "The customer was added.")),
        )),
        Err(Refusal::Replay(answer)) => Ok(redirect(
            &format!("/customers/{}", answer.field("id").unwrap_or_default()),
            None,
        )),
        Err(Refusal::Conflict { code, .. }) if code == customers::SAME_PHONE => {
            let same = customers::with_phone(&state.shop, &phone).await?;
            show_with(
                StatusCode::CONFLICT,
                &form_page(visitor.frame, None, form, Errors::default(), same),
            )
        }
        Err(refusal) => {
            let page = form_page(
                visitor.frame,
                None,
                form,
                Errors::from_refusal(refusal)?,
                Vec::new(),
            );
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `GET /customers/{id}/edit`
pub async fn edit(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
) -> PageResult {
    let c = customers::find(&state.shop, id).await?;
    let form = Form::from_iter([
        ("version", app::tx::etag(c.updated_at)),
        ("customer_type", c.customer_type.to_string()),
        ("full_name", c.full_name),
        ("business_name", c.business_name.unwrap_or_default()),
        ("email", c.email.unwrap_or_default()),
        ("phone", shown_phone(&visitor.frame, &c.phone)),
        (
            "alternate_phone",
            c.alternate_phone
                .map(|p| shown_phone(&visitor.frame, &p))
                .unwrap_or_default(),
        ),
        ("address", c.address.unwrap_or_default()),
        ("city", c.city.unwrap_or_default()),
        ("region", c.region.unwrap_or_default()),
        ("notes", c.notes.unwrap_or_default()),
    ]);
    show(&form_page(
        visitor.frame,
        Some(id),
        form,
        Errors::default(),
        Vec::new(),
    ))
}

/// `POST /customers/{id}/edit`
pub async fn change(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/customers/{id}/edit"));
    visitor.actor.request.if_match = Some(form.get("version").to_owned()).filter(|v| !v.is_empty());
    let outcome = match form.parse::<NewCustomer>(&["version"]) {
        Ok(new) => customers::change(&state.shop, &visitor.actor, id, new.into())
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/customers/{id}"),
            Some(("good", "The customer was changed.")),
        )),
        Err(refusal) => {
            let page = form_page(
                visitor.frame,
                Some(id),
                form,
                Errors::from_refusal(refusal)?,
                Vec::new(),
            );
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// templates/pages/customer_delete.html
#[derive(Debug, Template)]
#[template(path = "pages/customer_delete.html")]
pub struct CustomerDelete {
    frame: Frame,
    id: CustomerId,
    full_name: String,
    typed: String,
    form_key: String,
    errors: Errors,
}

fn delete_page(frame: Frame, customer: Customer, form: &Form, errors: Errors) -> CustomerDelete {
    CustomerDelete {
        frame: frame.titled("Delete the customer"),
        id: customer.id,
        full_name: customer.full_name,
        typed: form.get("typed").into(),
        form_key: form_key(),
        errors,
    }
}

/// `GET /customers/{id}/delete`
pub async fn ask_delete(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
) -> PageResult {
    let customer = customers::find(&state.shop, id).await?;
    show(&delete_page(
        visitor.frame,
        customer,
        &Form::default(),
        Errors::default(),
    ))
}

/// `POST /customers/{id}/delete`, once their name is typed.
pub async fn delete(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    let deleted = || {
        redirect(
            "/customers",
            Some(("good", "The customer was deleted. Invoices and warranties stay.")),
        )
    };
    visitor.actor.request.idempotency = form.idempotency(&format!("/customers/{id}/delete"));
    let customer = customers::find(&state.shop, id).await?;
    let outcome = if form.get("typed").trim().to_lowercase() == customer.full_name.to_lowercase() {
        customers::delete(&state.shop, &visitor.actor, id).await
    } else {
        Err(Refusal::invalid(
            "/typed",
            format!("Type {} to delete this customer.", customer.full_name),
        ))
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(deleted()),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &delete_page(visitor.frame, customer, &form, errors),
            )
        }
    }
}

/// templates/pages/customer.html
#[derive(Debug, Template)]
#[template(path = "pages/customer.html")]
pub struct CustomerPage {
    frame: Frame,
    customer: Customer,
    phone: String,
    alternate_phone: String,
    call_href: String,
    account_href: String,
    whatsapp_href: String,
    sees_contacts: bool,
    sell_href: String,
    invoice_count: String,
    paid: String,
    balance: String,
    since: String,
    sees_invoices: bool,
    tabs: Vec<Tab>,
    history: History,
    may_edit: bool,
    may_manage: bool,
    duplicates: Vec<(String, customers::Duplicate)>,
}

/// What the open tab lists.
#[derive(Debug)]
enum History {
    Messages(Vec<MessageRow>),
    Invoices(Vec<InvoiceRow>),
    Devices(Vec<DeviceRow>),
    Warranties(Vec<WarrantyRow>),
    Repairs(Vec<super::repairs::Card>),
    Preorders(Vec<PreorderRow>),
}

#[derive(Debug)]
struct PreorderRow {
    href: String,
    number: String,
    thing: String,
    taken: String,
    held: String,
    chip: Chip,
}

#[derive(Debug)]
struct InvoiceRow {
    href: String,
    number: String,
    date: String,
    chip: Chip,
    things: String,
    balance: String,
    total: String,
}

#[derive(Debug)]
struct MessageRow {
    href: String,
    title: String,
    channel: String,
    age: String,
    chip: Chip,
}

#[derive(Debug)]
struct DeviceRow {
    href: String,
    title: String,
    asset_tag: String,
    bought: String,
    chip: Chip,
}

#[derive(Debug)]
struct WarrantyRow {
    href: String,
    number: String,
    device: String,
    tier: String,
    until: String,
    chip: Chip,
}

/// `GET /customers/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let Visitor { actor, frame } = visitor;
    let customer = customers::find(&state.shop, id).await?;
    if customer.id != id {
        return Ok(redirect(
            &format!("/customers/{}", customer.id),
            Some(("info", "That record was merged into this one.")),
        ));
    }
    let sees_invoices = frame.can(&Capability::ViewInvoices);
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let open = match asked.get("tab") {
        "devices" => "devices",
        "warranties" => "warranties",
        "messages" if frame.can(&Capability::SendMessages) => "messages",
        "preorders" => "preorders",
        "repairs" if frame.can(&Capability::OpenRepair) => "repairs",
        _ if sees_invoices => "invoices",
        _ => "devices",
    };
    let history = match open {
        "invoices" => History::Invoices(invoice_rows(customers::invoices(&state.shop, &actor, id).await?)),
        "messages" => History::Messages(message_rows(
            state.shop.now(),
            app::messages::of_customer(&state.shop, &actor, id).await?,
        )),
        "warranties" => History::Warranties(warranty_rows(
            customers::warranties(&state.shop, &actor, id).await?,
        )),
        "preorders" => History::Preorders(preorder_rows(
            &state,
            app::preorders::of_customer(&state.shop, &actor, id).await?,
        )),
        "repairs" => History::Repairs(
            app::repairs::of_customer(&state.shop, id)
                .await?
                .iter()
                .map(|t| super::repairs::card(state.shop.now(), state.shop.today(), t))
                .collect(),
        ),
        _ => History::Devices(device_rows(customers::devices(&state.shop, id).await?)),
    };
    let tabs = [
        ("invoices", "Invoices"),
        ("devices", "Devices"),
        ("warranties", "Warranties"),
        ("messages", "Messages"),
        ("preorders", "Preorders"),
        ("repairs", "Repairs"),
    ]
    .into_iter()
    .filter(|(name, _)| sees_invoices || *name != "invoices")
    .filter(|(name, _)| frame.can(&Capability::SendMessages) || *name != "messages")
    .filter(|(name, _)| frame.can(&Capability::OpenRepair) || *name != "repairs")
    .map(|(name, label)| Tab {
        label: label.into(),
        href: format!("/customers/{id}?tab={name}"),
        current: name == open,
        count: String::new(),
    })
    .collect();
    let figures = customers::figures(&state.shop, &actor, &[id]).await?.pop();
    let sees_contacts = frame.can(&Capability::SeeCustomerContacts);
    let called = Phone::parse(&customer.phone).ok().filter(|_| sees_contacts);
    let duplicates = customers::duplicates_of(&state.shop, &actor, id)
        .await?
        .into_iter()
        .map(|pair| (super::merge::why(&pair), pair))
        .collect();
    show(&CustomerPage {
        phone: shown_phone(&frame, &customer.phone),
        alternate_phone: customer
            .alternate_phone
            .as_deref()
            .map(|p| shown_phone(&frame, p))
            .unwrap_or_default(),
        account_href: format!("/customers/{id}/account"),
        call_href: called.as_ref().map(Phone::call_link).unwrap_or_default(),
        whatsapp_href: called.as_ref().map(|p| p.whatsapp_link("")).unwrap_or_default(),
        sees_contacts,
        sell_href: if frame.can(&Capability::Sell) {
            format!("/sell?customer_id={id}")
        } else {
            String::new()
        },
        invoice_count: figures.as_ref().map_or(0, |f| f.invoices).to_string(),
        paid: figures.as_ref().map_or(Money::ZERO, |f| f.paid).grouped(),
        balance: figures.as_ref().map_or(Money::ZERO, |f| f.balance_due).grouped(),
        since: long_date(customer.created_at.with_timezone(&state.shop.zone()).date_naive()),
        sees_invoices,
        tabs,
        history,
        may_edit: frame.can(&Capability::EditCustomers),
        may_manage: frame.can(&Capability::ManageCustomers),
        duplicates,
        frame: frame.titled(customer.full_name.clone()),
        customer,
    })
}

fn message_rows(now: chrono::DateTime<chrono::Utc>, rows: Vec<app::messages::Message>) -> Vec<MessageRow> {
    rows.into_iter()
        .map(|m| MessageRow {
            href: format!("/messages/{}", m.id),
            title: match m.about {
                Some(number) => format!("{} {number}", m.kind),
                None => m.kind.to_string(),
            },
            channel: m.channel.to_string(),
            age: super::messages::age(now, m.created_at),
            chip: Chip::toned(m.status.as_str(), m.status.tone()),
        })
        .collect()
}

fn invoice_rows(rows: Vec<customers::CustomerInvoice>) -> Vec<InvoiceRow> {
    rows.into_iter()
        .map(|i| InvoiceRow {
            href: format!("/invoices/{}", i.id),
            number: i.invoice_number,
            date: long_date(i.invoice_date),
            chip: Chip::toned(i.status.as_str(), i.status.tone()),
            things: i.things.unwrap_or_default(),
            balance: if i.balance_due.is_positive() {
                i.balance_due.grouped()
            } else {
                String::new()
            },
            total: i.total_amount.grouped(),
        })
        .collect()
}

fn preorder_rows(state: &AppState, rows: Vec<app::preorders::Preorder>) -> Vec<PreorderRow> {
    rows.into_iter()
        .map(|p| PreorderRow {
            href: format!("/preorders/{}", p.id),
            number: p.preorder_number,
            thing: p.requested_specs,
            taken: long_date(p.created_at.with_timezone(&state.shop.zone()).date_naive()),
            held: if p.deposit_held.is_positive() {
                p.deposit_held.grouped()
            } else {
                String::new()
            },
            chip: Chip::toned(p.status.as_str(), p.status.tone()),
        })
        .collect()
}

fn device_rows(rows: Vec<customers::CustomerDevice>) -> Vec<DeviceRow> {
    rows.into_iter()
        .map(|d| DeviceRow {
            href: format!("/devices/{}", d.id),
            title: domain::catalog::title(&d.brand, &d.model_name),
            asset_tag: d.asset_tag,
            bought: long_date(d.invoice_date),
            chip: Chip::from(d.status),
        })
        .collect()
}

fn warranty_rows(rows: Vec<customers::CustomerWarranty>) -> Vec<WarrantyRow> {
    rows.into_iter()
        .map(|w| WarrantyRow {
            href: format!("/warranties/{}", w.id),
            device: match (w.brand, w.model_name, w.asset_tag) {
                (Some(brand), Some(model), Some(tag)) => {
                    format!("{} · {tag}", domain::catalog::title(&brand, &model))
                }
                _ => String::new(),
            },
            number: w.warranty_number,
            tier: w.warranty_tier.to_string(),
            until: long_date(w.end_date),
            chip: Chip::toned(w.status.as_str(), w.status.tone()),
        })
        .collect()
}
