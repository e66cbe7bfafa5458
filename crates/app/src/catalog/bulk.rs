//! Many models changed at once: looked at first, made in one transaction, and taken back by one act while nothing of it was
//! changed again.

use super::{ProductModel, duplicate, values_of};
use crate::bulk_changes::{
    Field, check_not_undone, check_step, check_unchanged, differences, recorded, wanted, words,
};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx};
use db::catalog::ModelValues;
pub use db::catalog_care::{CATALOG_CHANGES as LIST, CatalogChange, FieldChange};
use domain::{CatalogChangeId, Category, Grade, Money, Price, PriceStep, ProductModelId, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A change of many models: of their prices by one rule, or of what they have in common.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkChange {
    /// The models.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 500)]
    pub product_model_ids: Vec<ProductModelId>,
    /// The grades whose prices change; all three when none is named.
    #[serde(default)]
    #[schema(max_items = 3)]
    pub grades: Vec<Grade>,
    /// How the prices change.
    #[serde(default)]
    pub step: Option<PriceStep>,
    /// By how much, or to what; in percent or cedis, as the step says.
    #[serde(default)]
    pub value: Option<Price>,
    /// A kind for all.
    #[serde(default)]
    pub category: Option<Category>,
    /// A brand for all.
    #[serde(default)]
    pub brand: Option<Text<1, 50>>,
    /// A processor for all.
    #[serde(default)]
    pub cpu: Option<Text<1, 100>>,
    /// A memory for all.
    #[serde(default)]
    pub ram: Option<Text<1, 50>>,
    /// A storage for all.
    #[serde(default)]
    pub storage: Option<Text<1, 50>>,
    /// A screen for all.
    #[serde(default)]
    pub screen_size: Option<Text<1, 20>>,
    /// A graphics for all.
    #[serde(default)]
    pub gpu: Option<Text<1, 100>>,
    /// An operating system for all.
    #[serde(default)]
    pub operating_system: Option<Text<1, 50>>,
}

/// What a change makes of one field of one model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewRow {
    /// The model.
    pub product_model_id: ProductModelId,
    /// What it is called.
    pub title: String,
    /// The field.
    pub field: String,
    /// What it is.
    pub old_value: Option<String>,
    /// What it will be.
    pub new_value: Option<String>,
    /// What is left of the new price over what the devices in the house of this grade cost on average; only for those who see
    /// margins.
    #[schema(required = false)]
    pub margin: Option<Money>,
}

/// What a change would make, without making it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkPreview {
    /// The change in words.
    pub summary: String,
    /// What becomes of what.
    pub rows: Vec<PreviewRow>,
    /// Models with a grade whose price stays empty, because there is none that could be raised or lowered.
    pub without_price: usize,
}

/// A change of many models, with what it made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CatalogChangeDetail {
    /// The change.
    #[serde(flatten)]
    pub change: CatalogChange,
    /// What became of what.
    pub rows: Vec<FieldChange>,
}

const GRADES: [(Grade, &str); 3] = [
    (Grade::A, "default_price_grade_a"),
    (Grade::B, "default_price_grade_b"),
    (Grade::C, "default_price_grade_c"),
];

fn price_of(values: &mut ModelValues, grade: Grade) -> &mut Option<Money> {
    match grade {
        Grade::A => &mut values.default_price_grade_a,
        Grade::B => &mut values.default_price_grade_b,
        Grade::C => &mut values.default_price_grade_c,
    }
}

/// The fields that a change can be of, as texts.
fn fields(values: &ModelValues) -> [Field; 11] {
    let price = |money: Option<Money>| money.map(|m| m.to_string());
    [
        ("default_price_grade_a", price(values.default_price_grade_a)),
        ("default_price_grade_b", price(values.default_price_grade_b)),
        ("default_price_grade_c", price(values.default_price_grade_c)),
        ("category", Some(values.category.to_string())),
        ("brand", Some(values.brand.clone())),
        ("cpu", values.cpu.clone()),
        ("ram", values.ram.clone()),
        ("storage", values.storage.clone()),
        ("screen_size", values.screen_size.clone()),
        ("gpu", values.gpu.clone()),
        ("operating_system", values.operating_system.clone()),
    ]
}

fn set(values: &mut ModelValues, field: &str, new: Option<String>) -> Result<(), Refusal> {
    let broken = || Refusal::Internal(format!("a change of {field} is recorded that cannot be read"));
    if let Some((grade, _)) = GRADES.iter().find(|(_, name)| *name == field) {
        *price_of(values, *grade) = recorded(field, new.as_deref())?;
        return Ok(());
    }
    match field {
        "category" => values.category = recorded(field, new.as_deref())?.ok_or_else(broken)?,
        "brand" => values.brand = new.ok_or_else(broken)?,
        "cpu" => values.cpu = new,
        "ram" => values.ram = new,
        "storage" => values.storage = new,
        "screen_size" => values.screen_size = new,
        "gpu" => values.gpu = new,
        "operating_system" => values.operating_system = new,
        _ => return Err(broken()),
    }
    Ok(())
}

impl BulkChange {
    /// The fields that become the same for all.
    fn details(&self) -> Vec<(&'static str, String)> {
        let text = |name, value: Option<&str>| value.map(|v| (name, v.to_owned()));
        [
            text("category", self.category.map(Category::as_str)),
            text("brand", self.brand.as_ref().map(Text::as_str)),
            text("cpu", self.cpu.as_ref().map(Text::as_str)),
            text("ram", self.ram.as_ref().map(Text::as_str)),
            text("storage", self.storage.as_ref().map(Text::as_str)),
            text("screen_size", self.screen_size.as_ref().map(Text::as_str)),
            text("gpu", self.gpu.as_ref().map(Text::as_str)),
            text(
                "operating_system",
                self.operating_system.as_ref().map(Text::as_str),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The models in their order, each once; or what is wrong with the change.
    fn check(&self) -> Result<Vec<i32>, Refusal> {
        let ids = self.product_model_ids.iter().map(|id| id.get());
        let ids = wanted("/product_model_ids", "models", ids)?;
        check_step(self.step, self.value, !self.details().is_empty())?;
        Ok(ids)
    }

    /// Whether a grade's price is to be changed.
    fn prices(&self, grade: Grade) -> bool {
        self.step.is_some() && (self.grades.is_empty() || self.grades.contains(&grade))
    }

    /// Whether the price of a grade stays empty that is to be changed: only a step that says which price gives one.
    fn leaves_empty(&self, model: &ProductModel) -> bool {
        let mut values = values_of(model.clone());
        let mut grades = GRADES.iter().filter(|(grade, _)| self.prices(*grade));
        self.step != Some(PriceStep::SetTo)
            && grades.any(|(grade, _)| price_of(&mut values, *grade).is_none())
    }

    fn summary(&self) -> String {
        let price = self.step.zip(self.value).map(|(step, value)| {
            let grades = if self.grades.is_empty() || self.grades.len() == 3 {
                "all grades".to_owned()
            } else {
                let names: Vec<_> = self.grades.iter().map(|g| format!("grade {g}")).collect();
                names.join(" and ")
            };
            format!("Prices of {grades} {}", step.words(value))
        });
        let details = self.details();
        let details = details
            .iter()
            .map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
        words(price.into_iter().chain(details))
    }

    /// What becomes of a model, field by field; nothing for what stays.
    fn apply(&self, model: &ProductModel) -> Result<(ModelValues, Vec<FieldChange>), Refusal> {
        let before = values_of(model.clone());
        let mut after = before.clone();
        if let Some((step, by)) = self.step.zip(self.value) {
            for (grade, _) in GRADES {
                if !self.prices(grade) {
                    continue;
                }
                let price = price_of(&mut after, grade);
                // A grade without a price gets one only where the step says which.
                let old = match (*price, step) {
                    (None, PriceStep::SetTo) => Money::ZERO,
                    (None, _) => continue,
                    (Some(old), _) => old,
                };
                let new = step.apply(old, by).ok_or_else(|| {
                    let text = format!(
                        "{} would get an impossible price for grade {grade}: change it by less.",
                        model.title()
                    );
                    Refusal::invalid("/value", text)
                })?;
                *price = Some(new);
            }
        }
        for (field, new) in self.details() {
            set(&mut after, field, Some(new))?;
        }
        let changes = differences(fields(&before), fields(&after))
            .map(|(field, old_value, new_value)| FieldChange {
                product_model_id: model.id,
                field: field.to_owned(),
                old_value,
                new_value,
            })
            .collect();
        Ok((after, changes))
    }
}

fn all_there(models: &[ProductModel], ids: &[i32]) -> Result<(), Refusal> {
    let missing = ids.iter().find(|id| !models.iter().any(|m| m.id.get() == **id));
    match missing {
        Some(id) => {
            let text = format!("There is no model with the number {id} any more. Choose the models again.");
            Err(Refusal::invalid("/product_model_ids", text))
        }
        None => Ok(()),
    }
}

/// Shows what a change would make, without making it.
pub async fn preview(shop: &Shop, actor: &Actor, change: &BulkChange) -> Result<BulkPreview, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let ids = change.check()?;
    let mut conn = shop.read().await?;
    let models = db::catalog::models_find(&mut conn, &ids).await?;
    all_there(&models, &ids)?;
    let costs: HashMap<(ProductModelId, Grade), Money> = if actor.can(Capability::SeeMargin) {
        let rows = db::catalog_care::models_average_cost(&mut conn, &change.product_model_ids).await?;
        rows.into_iter()
            .map(|(model, grade, cost)| ((model, grade), cost))
            .collect()
    } else {
        HashMap::new()
    };
    let mut rows = Vec::new();
    for model in &models {
        for field in change.apply(model)?.1 {
            let grade = GRADES.iter().find(|(_, name)| *name == field.field);
            let cost = grade.and_then(|(grade, _)| costs.get(&(model.id, *grade)));
            let new = field
                .new_value
                .as_deref()
                .and_then(|text| Money::parse(text).ok());
            rows.push(PreviewRow {
                product_model_id: model.id,
                title: match model.specs() {
                    specs if specs.is_empty() => model.title(),
                    specs => format!("{} · {specs}", model.title()),
                },
                margin: new.zip(cost).and_then(|(new, cost)| new.checked_sub(*cost)),
                field: field.field,
                old_value: field.old_value,
                new_value: field.new_value,
            });
        }
    }
    Ok(BulkPreview {
        summary: change.summary(),
        rows,
        without_price: models.iter().filter(|model| change.leaves_empty(model)).count(),
    })
}

/// Writes models as they shall be; none may become the same as another one.
async fn write(tx: &mut Tx, models: Vec<(ProductModel, ModelValues)>, action: &str) -> Result<(), Refusal> {
    for (before, values) in &models {
        let after = db::catalog::model_update(tx.conn(), before.id, values).await?;
        tx.audit(
            action,
            "product_models",
            before.id.get(),
            Some(json!(before)),
            Some(json!(after)),
        )
        .await?;
    }
    for (before, values) in &models {
        if values.key() == values_of(before.clone()).key() {
            continue;
        }
        let same = db::catalog::models_find_by_key(tx.conn(), &values.key()).await?;
        if let Some(other) = same.into_iter().find(|id| *id != before.id) {
            return Err(duplicate(other));
        }
    }
    Ok(())
}

/// Changes many models at once.
pub async fn make(shop: &Shop, actor: &Actor, change: BulkChange) -> Result<CatalogChangeDetail, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let ids = change.check()?;
    let mut tx = shop.begin(actor).await?;
    db::catalog::models_guard(tx.conn()).await?;
    let models = db::catalog::models_lock(tx.conn(), &ids).await?;
    all_there(&models, &ids)?;
    let mut rows = Vec::new();
    let mut changed = Vec::new();
    for model in models {
        let (values, fields) = change.apply(&model)?;
        if !fields.is_empty() {
            rows.extend(fields);
            changed.push((model, values));
        }
    }
    if rows.is_empty() {
        let text =
            "Nothing would change: these models are like that already, or have no price in these grades.";
        return Err(Refusal::conflict("nothing_changes", text));
    }
    let id = db::catalog_care::change_insert(tx.conn(), &change.summary(), &rows).await?;
    write(&mut tx, changed, "product_model.bulk_change").await?;
    let change = db::catalog_care::change_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    let detail = CatalogChangeDetail { change, rows };
    let is = Some(json!(detail.change));
    tx.audit("catalog_change.make", "catalog_changes", id.get(), None, is)
        .await?;
    tx.commit(201, &detail).await?;
    Ok(detail)
}

/// Takes a change back, while nothing of it was changed again.
pub async fn undo(shop: &Shop, actor: &Actor, id: CatalogChangeId) -> Result<CatalogChangeDetail, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    db::catalog::models_guard(tx.conn()).await?;
    let before = db::catalog_care::change_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    check_not_undone(before.undone_at.is_some())?;
    let rows = db::catalog_care::change_rows(tx.conn(), id).await?;
    // In the order of their numbers, as they were read.
    let mut ids: Vec<i32> = rows.iter().map(|row| row.product_model_id.get()).collect();
    ids.dedup();
    let models = db::catalog::models_lock(tx.conn(), &ids).await?;
    let mut changed: Vec<(ProductModel, ModelValues)> = Vec::new();
    let mut later = Vec::new();
    for row in &rows {
        let Some(model) = models.iter().find(|m| m.id == row.product_model_id) else {
            later.push(format!("number {} (merged away)", row.product_model_id));
            continue;
        };
        if !changed.iter().any(|(m, _)| m.id == model.id) {
            changed.push((model.clone(), values_of(model.clone())));
        }
        let Some((_, values)) = changed.iter_mut().find(|(m, _)| m.id == model.id) else {
            continue;
        };
        if !fields(values)
            .iter()
            .any(|(field, now)| *field == row.field && *now == row.new_value)
        {
            later.push(model.title());
        }
        set(values, &row.field, row.old_value.clone())?;
    }
    check_unchanged(later, "Change the models themselves.")?;
    write(&mut tx, changed, "product_model.undo_bulk_change").await?;
    let by = tx.actor().user_id;
    db::catalog_care::change_undone(tx.conn(), id, by).await?;
    let change = db::catalog_care::change_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    let detail = CatalogChangeDetail { change, rows };
    let (was, is) = (Some(json!(before)), Some(json!(detail.change)));
    tx.audit("catalog_change.undo", "catalog_changes", id.get(), was, is)
        .await?;
    tx.commit(200, &detail).await?;
    Ok(detail)
}

/// The changes of many models, newest first.
pub async fn changes(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<CatalogChange>, Refusal> {
    actor.require(Capability::EditCatalog)?;
    crate::lists::page(shop, &LIST, request).await
}
