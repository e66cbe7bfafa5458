//! Customers (PRODUCT.md section 6).

mod merge;
mod privacy;

use crate::export::{Column, OnPhone, Row};
use crate::patch::text;
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
use db::customers::CustomerValues;
pub use db::customers::{
    CUSTOMERS as LIST, CUSTOMERS_MASKED, Customer, CustomerDevice, CustomerFigures, CustomerInvoice,
    CustomerWarranty, Duplicate,
};
use domain::customer::{CustomerType, Email, Phone};
use domain::{CustomerId, Text};
pub use merge::{MergeInto, MergePreview, duplicates, duplicates_of, merge, merge_preview};
pub use privacy::{Erasure, Export, erase, export, open_matters, person};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of customers, searched by what this person may see of them.
pub async fn page(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<Customer>, Refusal> {
    let spec = match actor.can(Capability::SeeCustomerContacts) {
        true => &LIST,
        false => &CUSTOMERS_MASKED,
    };
    crate::lists::page(shop, spec, request).await
}

/// A customer with their figures, as a row of a list for somebody: the phone as that person may see it.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    /// The customer.
    pub customer: Customer,
    /// The phone, as people read it or masked.
    pub phone: String,
    /// The figures, for those who may see invoices.
    pub figures: Option<CustomerFigures>,
}

impl Row for CustomerRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("full_name", |r| (&r.customer.full_name).into()).in_title(),
        Column::<Self>::new("business_name", |r| r.customer.business_name.as_ref().into()).in_title(),
        Column::<Self>::new("phone", |r| (&r.phone).into()),
        Column::<Self>::new("customer_type", |r| r.customer.customer_type.as_str().into()).label("Kind"),
        Column::<Self>::new("city", |r| r.customer.city.as_ref().into()).on_phone(OnPhone::Absent),
        Column::<Self>::new("region", |r| r.customer.region.as_ref().into()).unusual(),
        Column::<Self>::only(Capability::SeeCustomerContacts, "email", |r| {
            r.customer.email.as_ref().into()
        })
        .label("E-mail")
        .unusual(),
        Column::<Self>::new("created_at", |r| r.customer.created_at.into())
            .label("Since")
            .sorts("created_at")
            .unusual(),
        Column::<Self>::only(Capability::ViewInvoices, "last_date", |r| {
            r.figures.as_ref().and_then(|f| f.last_date).into()
        })
        .label("Last visit"),
        Column::<Self>::only(Capability::ViewInvoices, "invoices", |r| {
            r.figures.as_ref().map(|f| f.invoices).into()
        })
        .end()
        .unusual(),
        Column::<Self>::only(Capability::ViewInvoices, "balance_due", |r| {
            let owed = r.figures.as_ref().map(|f| f.balance_due);
            owed.filter(|b| b.is_positive()).into()
        })
        .label("Balance")
        .end()
        .on_phone(OnPhone::Amount),
    ];
}

/// A page of customers with their figures, as this person may see them.
pub async fn rows(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<CustomerRow>, Refusal> {
    let page = page(shop, actor, request).await?;
    let ids: Vec<CustomerId> = page.data.iter().map(|c| c.id).collect();
    let mut figures = figures(shop, actor, &ids).await?;
    let sees_contacts = actor.can(Capability::SeeCustomerContacts);
    Ok(page.map(|customer| CustomerRow {
        phone: if sees_contacts {
            Phone::parse(&customer.phone).map_or_else(|_| customer.phone.clone(), |p| p.international())
        } else {
            crate::disclosure::mask(&customer.phone)
        },
        figures: (figures.iter().position(|f| f.customer_id == customer.id))
            .map(|at| figures.swap_remove(at)),
        customer,
    }))
}

/// What is needed to record a customer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// Retail unless said otherwise.
    #[serde(default)]
    pub customer_type: Option<CustomerType>,
    /// Name.
    pub full_name: Text<1, 100>,
    /// Business.
    #[serde(default)]
    pub business_name: Option<Text<0, 100>>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<Email>,
    /// Phone; a local number is kept in international form.
    pub phone: Phone,
    /// Second phone.
    #[serde(default)]
    pub alternate_phone: Option<Phone>,
    /// Street.
    #[serde(default)]
    pub address: Option<Text<0, 500>>,
    /// Town; Accra unless said otherwise.
    #[serde(default)]
    pub city: Option<Text<0, 50>>,
    /// Region.
    #[serde(default)]
    pub region: Option<Text<0, 50>>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
}

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// Retail or Wholesale.
    #[serde(default)]
    pub customer_type: Option<CustomerType>,
    /// Name.
    #[serde(default)]
    pub full_name: Option<Text<1, 100>>,
    /// Business.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub business_name: Option<Option<Text<0, 100>>>,
    /// E-mail.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub email: Option<Option<Email>>,
    /// Phone.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Second phone.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub alternate_phone: Option<Option<Phone>>,
    /// Street.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub address: Option<Option<Text<0, 500>>>,
    /// Town.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub city: Option<Option<Text<0, 50>>>,
    /// Region.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub region: Option<Option<Text<0, 50>>>,
    /// Notes.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub notes: Option<Option<Text<0, 5000>>>,
}

impl From<NewCustomer> for CustomerValues {
    fn from(new: NewCustomer) -> Self {
        CustomerValues {
            customer_type: new.customer_type.unwrap_or(CustomerType::Retail),
            full_name: new.full_name.into_string(),
            business_name: text(new.business_name),
            email: new.email.map(|e| e.to_string()),
            phone: new.phone.to_string(),
            alternate_phone: new.alternate_phone.map(|p| p.to_string()),
            address: text(new.address),
            city: text(new.city).or_else(|| Some("Accra".into())),
            region: text(new.region),
            notes: text(new.notes),
        }
    }
}

impl From<NewCustomer> for CustomerChange {
    /// Every field, as a form that shows them all sends them: what is blank is emptied.
    fn from(new: NewCustomer) -> Self {
        CustomerChange {
            customer_type: new.customer_type,
            full_name: Some(new.full_name),
            business_name: Some(new.business_name),
            email: Some(new.email),
            phone: Some(new.phone),
            alternate_phone: Some(new.alternate_phone),
            address: Some(new.address),
            city: Some(new.city),
            region: Some(new.region),
            notes: Some(new.notes),
        }
    }
}

/// Records a customer.
pub async fn create(shop: &Shop, actor: &Actor, new: NewCustomer) -> Result<Customer, Refusal> {
    record(shop, actor, new, false).await
}

/// The code of the refusal of a customer whose phone somebody has already.
pub const SAME_PHONE: &str = "same_phone";

/// Records a customer, unless somebody has this phone already: for faces that can ask whether it is somebody else.
pub async fn create_unless_known(shop: &Shop, actor: &Actor, new: NewCustomer) -> Result<Customer, Refusal> {
    record(shop, actor, new, true).await
}

async fn record(
    shop: &Shop,
    actor: &Actor,
    new: NewCustomer,
    only_unknown: bool,
) -> Result<Customer, Refusal> {
    actor.require(Capability::EditCustomers)?;
    let mut tx = shop.begin(actor).await?;
    if only_unknown
        && let Some(same) = db::customers::customers_by_phone(tx.conn(), new.phone.as_str())
            .await?
            .first()
    {
        return Err(Refusal::conflict(
            SAME_PHONE,
            format!("{} has this phone already.", same.full_name),
        ));
    }
    let customer = db::customers::customer_insert(tx.conn(), &new.into()).await?;
    tx.audit(
        "customer.create",
        "customers",
        customer.id.get(),
        None,
        Some(json!(customer)),
    )
    .await?;
    tx.commit(201, &customer).await?;
    Ok(customer)
}

/// Changes a customer.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
    change: CustomerChange,
) -> Result<Customer, Refusal> {
    actor.require(Capability::EditCustomers)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::customers::customer_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let id = before.id;
    tx.check_version(before.updated_at)?;
    let old = before.clone();
    let values = CustomerValues {
        customer_type: change.customer_type.unwrap_or(old.customer_type),
        full_name: change.full_name.map_or(old.full_name, Text::into_string),
        business_name: change.business_name.map_or(old.business_name, text),
        email: change.email.map_or(old.email, |e| e.map(|e| e.to_string())),
        phone: change.phone.map_or(old.phone, |p| p.to_string()),
        alternate_phone: change
            .alternate_phone
            .map_or(old.alternate_phone, |p| p.map(|p| p.to_string())),
        address: change.address.map_or(old.address, text),
        city: change.city.map_or(old.city, text),
        region: change.region.map_or(old.region, text),
        notes: change.notes.map_or(old.notes, text),
    };
    let after = db::customers::customer_update(tx.conn(), id, &values).await?;
    tx.audit(
        "customer.change",
        "customers",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Deletes a customer softly: nothing that happened loses its customer.
pub async fn delete(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<(), Refusal> {
    actor.require(Capability::EditCustomers)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::customers::customer_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let id = before.id;
    tx.check_version(before.updated_at)?;
    db::customers::customer_delete(tx.conn(), id).await?;
    tx.audit(
        "customer.delete",
        "customers",
        id.get(),
        Some(json!(before)),
        None,
    )
    .await?;
    tx.commit(204, &()).await
}

/// Reads a customer.
pub async fn find(shop: &Shop, id: CustomerId) -> Result<Customer, Refusal> {
    let mut conn = shop.read().await?;
    db::customers::customer_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))
}

/// The customers who have this phone already: likely the same person.
pub async fn with_phone(shop: &Shop, phone: &str) -> Result<Vec<Customer>, Refusal> {
    Ok(db::customers::customers_by_phone(&mut *shop.read().await?, phone).await?)
}

/// What these customers are to the books, for those who may see invoices; nothing for everybody else.
pub async fn figures(
    shop: &Shop,
    actor: &Actor,
    ids: &[CustomerId],
) -> Result<Vec<CustomerFigures>, Refusal> {
    if !actor.can(Capability::ViewInvoices) || ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i32> = ids.iter().map(|id| id.get()).collect();
    Ok(db::customers::customer_figures(&mut *shop.read().await?, &ids).await?)
}

/// The most invoices, devices or warranties that a customer's page lists.
pub const HISTORY: i64 = 100;

/// The newest invoices of a customer.
pub async fn invoices(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Vec<CustomerInvoice>, Refusal> {
    actor.require(Capability::ViewInvoices)?;
    Ok(db::customers::customer_invoices(&mut *shop.read().await?, id, HISTORY).await?)
}

/// The devices that a customer bought.
pub async fn devices(shop: &Shop, id: CustomerId) -> Result<Vec<CustomerDevice>, Refusal> {
    Ok(db::customers::customer_devices(&mut *shop.read().await?, id, HISTORY).await?)
}

/// The newest warranties of a customer, as they are worth today.
pub async fn warranties(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
) -> Result<Vec<CustomerWarranty>, Refusal> {
    actor.require(Capability::ViewWarranties)?;
    let mut rows = db::customers::customer_warranties(&mut *shop.read().await?, id, HISTORY).await?;
    for row in &mut rows {
        row.status = row.status.effective(row.end_date, shop.today());
    }
    Ok(rows)
}
