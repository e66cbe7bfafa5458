//! The catalogue of product models (PRODUCT.md section 2).

pub mod bulk;
pub mod bundle;
pub mod merge;
pub mod picture;
pub mod prices;

use crate::export::{Column, OnPhone, Row};
use crate::patch::text;
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx};
use db::catalog::ModelValues;
pub use db::catalog::{PRODUCT_MODELS as LIST, ProductModel};
use domain::catalog::ImageUrl;
use domain::{AssetStatus, Category, Price, ProductModelId, Text};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What is needed to record a product model.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProductModel {
    /// Laptop, Phone or Accessory.
    pub category: Category,
    /// Brand.
    pub brand: Text<1, 50>,
    /// Name.
    pub model_name: Text<1, 100>,
    /// Processor.
    #[serde(default)]
    pub cpu: Option<Text<0, 100>>,
    /// Memory.
    #[serde(default)]
    pub ram: Option<Text<0, 50>>,
    /// Storage.
    #[serde(default)]
    pub storage: Option<Text<0, 50>>,
    /// Screen.
    #[serde(default)]
    pub screen_size: Option<Text<0, 20>>,
    /// Graphics.
    #[serde(default)]
    pub gpu: Option<Text<0, 100>>,
    /// Operating system.
    #[serde(default)]
    pub operating_system: Option<Text<0, 50>>,
    /// Description.
    #[serde(default)]
    pub description: Option<Text<0, 5000>>,
    /// Price of a device of grade A that has none of its own.
    #[serde(default)]
    pub default_price_grade_a: Option<Price>,
    /// Price of grade B.
    #[serde(default)]
    pub default_price_grade_b: Option<Price>,
    /// Price of grade C.
    #[serde(default)]
    pub default_price_grade_c: Option<Price>,
    /// Picture: a path of our own or an https address.
    #[serde(default)]
    pub image_url: Option<ImageUrl>,
}

impl NewProductModel {
    /// A model of which no more than its name is known.
    pub fn named(category: Category, brand: Text<1, 50>, model_name: Text<1, 100>) -> Self {
        NewProductModel {
            category,
            brand,
            model_name,
            cpu: None,
            ram: None,
            storage: None,
            screen_size: None,
            gpu: None,
            operating_system: None,
            description: None,
            default_price_grade_a: None,
            default_price_grade_b: None,
            default_price_grade_c: None,
            image_url: None,
        }
    }
}

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductModelChange {
    /// Laptop, Phone or Accessory.
    #[serde(default)]
    pub category: Option<Category>,
    /// Brand.
    #[serde(default)]
    pub brand: Option<Text<1, 50>>,
    /// Name.
    #[serde(default)]
    pub model_name: Option<Text<1, 100>>,
    /// Processor.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub cpu: Option<Option<Text<0, 100>>>,
    /// Memory.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub ram: Option<Option<Text<0, 50>>>,
    /// Storage.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub storage: Option<Option<Text<0, 50>>>,
    /// Screen.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub screen_size: Option<Option<Text<0, 20>>>,
    /// Graphics.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub gpu: Option<Option<Text<0, 100>>>,
    /// Operating system.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub operating_system: Option<Option<Text<0, 50>>>,
    /// Description.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub description: Option<Option<Text<0, 5000>>>,
    /// Price of grade A.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub default_price_grade_a: Option<Option<Price>>,
    /// Price of grade B.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub default_price_grade_b: Option<Option<Price>>,
    /// Price of grade C.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub default_price_grade_c: Option<Option<Price>>,
    /// Picture.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub image_url: Option<Option<ImageUrl>>,
}

impl From<NewProductModel> for ModelValues {
    fn from(new: NewProductModel) -> Self {
        ModelValues {
            category: new.category,
            brand: new.brand.into_string(),
            model_name: new.model_name.into_string(),
            cpu: text(new.cpu),
            ram: text(new.ram),
            storage: text(new.storage),
            screen_size: text(new.screen_size),
            gpu: text(new.gpu),
            operating_system: text(new.operating_system),
            description: text(new.description),
            default_price_grade_a: new.default_price_grade_a.map(Price::money),
            default_price_grade_b: new.default_price_grade_b.map(Price::money),
            default_price_grade_c: new.default_price_grade_c.map(Price::money),
            image_url: new.image_url.map(String::from),
        }
    }
}

impl From<NewProductModel> for ProductModelChange {
    /// Every field, as a form that shows them all sends them: what is blank is emptied.
    fn from(new: NewProductModel) -> Self {
        ProductModelChange {
            category: Some(new.category),
            brand: Some(new.brand),
            model_name: Some(new.model_name),
            cpu: Some(new.cpu),
            ram: Some(new.ram),
            storage: Some(new.storage),
            screen_size: Some(new.screen_size),
            gpu: Some(new.gpu),
            operating_system: Some(new.operating_system),
            description: Some(new.description),
            default_price_grade_a: Some(new.default_price_grade_a),
            default_price_grade_b: Some(new.default_price_grade_b),
            default_price_grade_c: Some(new.default_price_grade_c),
            image_url: Some(new.image_url),
        }
    }
}

fn duplicate(same: ProductModelId) -> Refusal {
    Refusal::conflict(
        "duplicate_model",
        format!(
            "This model is recorded already, as number {same}: use that one, or say what is different about this one."
        ),
    )
}

/// Records a product model, unless the same one is there: same brand, name, processor, memory and storage, whatever
/// their spelling.
pub async fn create(shop: &Shop, actor: &Actor, new: NewProductModel) -> Result<ProductModel, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    picture::check(&mut tx, None, new.picture()).await?;
    let (model, is_new) = find_or_create(&mut tx, new).await?;
    if !is_new {
        return Err(duplicate(model.id));
    }
    tx.commit(201, &model).await?;
    Ok(model)
}

/// The model with the same key, or a new one: for whoever receives devices, inside their transaction. Says whether it
/// is new.
pub async fn find_or_create(tx: &mut Tx, new: NewProductModel) -> Result<(ProductModel, bool), Refusal> {
    let values = ModelValues::from(new);
    let key = values.key();
    let mut same = db::catalog::model_find_by_key(tx.conn(), &key).await?;
    if same.is_none() {
        db::catalog::models_guard(tx.conn()).await?;
        same = db::catalog::model_find_by_key(tx.conn(), &key).await?;
    }
    if let Some(id) = same {
        let model = db::catalog::model_find(tx.conn(), id)
            .await?
            .ok_or_else(|| Refusal::not_found("product model"))?;
        return Ok((model, false));
    }
    let model = db::catalog::model_insert(tx.conn(), &values).await?;
    tx.audit(
        "product_model.create",
        "product_models",
        model.id.get(),
        None,
        Some(json!(model)),
    )
    .await?;
    Ok((model, true))
}

/// The model that a code or a machine names, for whoever receives it: the one that is there, or a new one without prices.
pub async fn find_or_add(shop: &Shop, actor: &Actor, new: NewProductModel) -> Result<ProductModel, Refusal> {
    if !actor.can(Capability::EditCatalog) && !actor.can(Capability::ReceiveStock) {
        return Err(Refusal::not_allowed(actor.role));
    }
    // The key of the form belongs to the device that is received next; asked twice, this is there already.
    let mut actor = actor.clone();
    (actor.request.idempotency, actor.request.if_match) = (None, None);
    let mut tx = shop.begin(&actor).await?;
    let (model, _) = find_or_create(&mut tx, new).await?;
    tx.commit(200, &model).await?;
    Ok(model)
}

/// All models by their keys ([`domain::catalog::model_key`]), for whoever matches many at once.
pub async fn by_key(tx: &mut Tx) -> Result<HashMap<String, ProductModelId>, Refusal> {
    Ok(db::catalog::models_by_key(tx.conn()).await?)
}

/// Changes a product model.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: ProductModelId,
    change: ProductModelChange,
) -> Result<ProductModel, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    db::catalog::models_guard(tx.conn()).await?;
    let before = db::catalog::model_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("product model"))?;
    tx.check_version(before.updated_at)?;
    let old = values_of(before.clone());
    let key_before = old.key();
    let price = |new: Option<Option<Price>>, old| new.map_or(old, |p| p.map(Price::money));
    let values = ModelValues {
        category: change.category.unwrap_or(old.category),
        brand: change.brand.map_or(old.brand, Text::into_string),
        model_name: change.model_name.map_or(old.model_name, Text::into_string),
        cpu: change.cpu.map_or(old.cpu, text),
        ram: change.ram.map_or(old.ram, text),
        storage: change.storage.map_or(old.storage, text),
        screen_size: change.screen_size.map_or(old.screen_size, text),
        gpu: change.gpu.map_or(old.gpu, text),
        operating_system: change.operating_system.map_or(old.operating_system, text),
        description: change.description.map_or(old.description, text),
        default_price_grade_a: price(change.default_price_grade_a, old.default_price_grade_a),
        default_price_grade_b: price(change.default_price_grade_b, old.default_price_grade_b),
        default_price_grade_c: price(change.default_price_grade_c, old.default_price_grade_c),
        image_url: change.image_url.map_or(old.image_url, |u| u.map(String::from)),
    };
    if values.image_url != before.image_url {
        picture::check(&mut tx, Some(id), values.image_url.as_deref()).await?;
    }
    // A model that has a twin already may still be repriced; it may not become a twin.
    if values.key() != key_before
        && let Some(same) = db::catalog::model_find_by_key(tx.conn(), &values.key()).await?
        && same != id
    {
        return Err(duplicate(same));
    }
    let after = db::catalog::model_update(tx.conn(), id, &values).await?;
    tx.audit(
        "product_model.change",
        "product_models",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

fn values_of(model: ProductModel) -> ModelValues {
    ModelValues {
        category: model.category,
        brand: model.brand,
        model_name: model.model_name,
        cpu: model.cpu,
        ram: model.ram,
        storage: model.storage,
        screen_size: model.screen_size,
        gpu: model.gpu,
        operating_system: model.operating_system,
        description: model.description,
        default_price_grade_a: model.default_price_grade_a,
        default_price_grade_b: model.default_price_grade_b,
        default_price_grade_c: model.default_price_grade_c,
        image_url: model.image_url,
    }
}

/// Reads a product model.
pub async fn find(shop: &Shop, id: ProductModelId) -> Result<ProductModel, Refusal> {
    let mut conn = shop.read().await?;
    db::catalog::model_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("product model"))
}

/// The model that is the same as this one would be, for offering it instead.
pub async fn same_as(shop: &Shop, new: &NewProductModel) -> Result<Option<ProductModel>, Refusal> {
    let mut conn = shop.read().await?;
    let key = ModelValues::from(new.clone()).key();
    match db::catalog::model_find_by_key(&mut conn, &key).await? {
        Some(id) => Ok(db::catalog::model_find(&mut conn, id).await?),
        None => Ok(None),
    }
}

/// The brands of the catalogue.
pub async fn brands(shop: &Shop) -> Result<Vec<String>, Refusal> {
    Ok(db::catalog::brands_all(&mut *shop.read().await?).await?)
}

/// How many devices of a model there are in each state, in the order of the workflow.
pub async fn devices(shop: &Shop, id: ProductModelId) -> Result<Vec<(AssetStatus, i64)>, Refusal> {
    let mut rows = db::catalog::model_devices(&mut *shop.read().await?, id).await?;
    rows.sort_by_key(|(status, _)| *status);
    Ok(rows)
}

/// How many devices of each of these models are ready for sale.
pub async fn ready(shop: &Shop, ids: &[ProductModelId]) -> Result<HashMap<ProductModelId, i64>, Refusal> {
    let ids: Vec<i32> = ids.iter().map(|id| id.get()).collect();
    Ok(db::catalog::models_ready(&mut *shop.read().await?, &ids).await?)
}

/// The models for choosing one: number, and title with specs.
pub async fn named(shop: &Shop) -> Result<Vec<(ProductModelId, String)>, Refusal> {
    Ok(db::catalog::models_named(&mut *shop.read().await?).await?)
}

/// A model with how many devices of it are ready for sale, as a row of a list.
#[derive(Debug, Clone)]
pub struct ModelRow {
    /// The model.
    pub model: ProductModel,
    /// Devices ready for sale.
    pub ready: i64,
}

impl Row for ModelRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("brand", |r| (&r.model.brand).into()).in_title(),
        Column::<Self>::new("model_name", |r| (&r.model.model_name).into()).in_title(),
        Column::<Self>::new("cpu", |r| r.model.cpu.as_ref().into()).in_title(),
        Column::<Self>::new("ram", |r| r.model.ram.as_ref().into()).in_title(),
        Column::<Self>::new("storage", |r| r.model.storage.as_ref().into()).in_title(),
        Column::<Self>::new("category", |r| r.model.category.as_str().into())
            .label("Kind")
            .sorts("category"),
        Column::<Self>::new("screen_size", |r| r.model.screen_size.as_ref().into())
            .label("Screen")
            .unusual(),
        Column::<Self>::new("gpu", |r| r.model.gpu.as_ref().into())
            .label("Graphics")
            .unusual(),
        Column::<Self>::new("operating_system", |r| r.model.operating_system.as_ref().into()).unusual(),
        Column::<Self>::new("created_at", |r| r.model.created_at.into())
            .label("Recorded")
            .sorts("created_at")
            .unusual(),
        Column::<Self>::new("ready", |r| r.ready.into())
            .end()
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("default_price_grade_a", |r| r.model.default_price_grade_a.into())
            .label("Grade A")
            .end()
            .on_phone(OnPhone::Amount),
        Column::<Self>::new("default_price_grade_b", |r| r.model.default_price_grade_b.into())
            .label("Grade B")
            .end()
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("default_price_grade_c", |r| r.model.default_price_grade_c.into())
            .label("Grade C")
            .end()
            .on_phone(OnPhone::Absent),
    ];
}

/// A page of the list, with how many devices are ready.
pub async fn rows(shop: &Shop, request: &PageRequest) -> Result<Page<ModelRow>, Refusal> {
    let page: Page<ProductModel> = crate::lists::page(shop, &LIST, request).await?;
    let ids: Vec<ProductModelId> = page.data.iter().map(|m| m.id).collect();
    let ready = ready(shop, &ids).await?;
    Ok(page.map(|model| ModelRow {
        ready: ready.get(&model.id).copied().unwrap_or(0),
        model,
    }))
}
