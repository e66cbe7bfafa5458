//! Reading the machine: a report of dmidecode is kept with its device, compared with the record, and what differs can be taken
//! over. A device with another processor or other memory is of another product model.

use super::receive::named;
use super::{AssetAnswer, AssetRecord, answer, lock};
use crate::catalog::{NewProductModel, ProductModel, find_or_create};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::assets::AssetValues;
use db::catalog::ModelValues;
pub use db::machine_reports::StoredReport;
use domain::asset::machine::{ram_gigabytes, same_cpu, same_model};
use domain::catalog::{normalise_brand, tidy_model};
use domain::{AssetId, AssetStatus, MachineReport, MachineReportId, ProductModelId, Serial, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Something that a report and the record both say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportField {
    /// Serial number.
    SerialNumber,
    /// Brand.
    Brand,
    /// Model.
    ModelName,
    /// Processor.
    Cpu,
    /// Memory.
    Ram,
}

impl ReportField {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::SerialNumber,
        Self::Brand,
        Self::ModelName,
        Self::Cpu,
        Self::Ram,
    ];

    /// Its name in JSON and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::SerialNumber => "serial_number",
            Self::Brand => "brand",
            Self::ModelName => "model_name",
            Self::Cpu => "cpu",
            Self::Ram => "ram",
        }
    }

    /// How people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SerialNumber => "Serial number",
            Self::Brand => "Brand",
            Self::ModelName => "Model",
            Self::Cpu => "Processor",
            Self::Ram => "Memory",
        }
    }
}

/// What a report says of a field, and what the record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MachineDifference {
    /// The field.
    pub field: ReportField,
    /// What the machine says; null where it says nothing.
    pub found: Option<String>,
    /// What the record says.
    pub recorded: Option<String>,
    /// Whether they disagree, spelling aside.
    pub differs: bool,
}

/// A report beside the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MachineComparison {
    /// The report.
    pub report: StoredReport,
    /// Field by field.
    pub fields: Vec<MachineDifference>,
    /// The model that the device has if everything is taken over; null where the catalogue has none like it yet.
    pub product_model_id: Option<ProductModelId>,
}

/// Reads a report without keeping it.
pub fn read_report(text: &str) -> Result<MachineReport, Refusal> {
    MachineReport::parse(text).map_err(|wrong| Refusal::invalid("", wrong.to_string()))
}

fn difference(field: ReportField, found: Option<&String>, recorded: Option<&String>) -> MachineDifference {
    let same = match (found, recorded) {
        (Some(found), Some(recorded)) => match field {
            ReportField::SerialNumber => {
                Serial::parse(found).ok().map(|s| s.key()) == Serial::parse(recorded).ok().map(|s| s.key())
            }
            ReportField::Brand => normalise_brand(found) == normalise_brand(recorded),
            ReportField::ModelName => same_model(found, recorded),
            ReportField::Cpu => same_cpu(found, recorded),
            ReportField::Ram => ram_gigabytes(found) == ram_gigabytes(recorded),
        },
        (None, _) => true,
        (Some(_), None) => false,
    };
    MachineDifference {
        field,
        found: found.cloned(),
        recorded: recorded.cloned(),
        differs: !same,
    }
}

fn differences(
    found: &MachineReport,
    serial_number: Option<&String>,
    m: &ProductModel,
) -> Vec<MachineDifference> {
    let model = Some(tidy_model(&m.brand, &m.model_name));
    vec![
        difference(
            ReportField::SerialNumber,
            found.serial_number.as_ref(),
            serial_number,
        ),
        difference(ReportField::Brand, found.brand.as_ref(), Some(&m.brand)),
        difference(ReportField::ModelName, found.model_name.as_ref(), model.as_ref()),
        difference(ReportField::Cpu, found.cpu.as_ref(), m.cpu.as_ref()),
        difference(ReportField::Ram, found.ram.as_ref(), m.ram.as_ref()),
    ]
}

/// A report beside what is typed of a device that is not recorded yet: only where they disagree.
pub async fn compare_typed(
    shop: &Shop,
    found: &MachineReport,
    serial_number: &str,
    model: Option<ProductModelId>,
) -> Result<Vec<MachineDifference>, Refusal> {
    let typed = Some(serial_number.trim().to_owned()).filter(|text| !text.is_empty());
    let model = match model {
        Some(id) => db::catalog::model_find(&mut *shop.read().await?, id).await?,
        None => None,
    };
    let mut fields = match &model {
        Some(model) => differences(found, typed.as_ref(), model),
        None => vec![difference(
            ReportField::SerialNumber,
            found.serial_number.as_ref(),
            typed.as_ref(),
        )],
    };
    fields.retain(|field| field.differs);
    Ok(fields)
}

/// The machine as a model of the catalogue, without prices; `None` when it does not name itself.
pub fn machine_model(found: &MachineReport) -> Option<NewProductModel> {
    let (brand, name) = (found.brand.as_ref()?, found.model_name.as_ref()?);
    let mut model = NewProductModel::named(domain::Category::Laptop, brand.parse().ok()?, name.parse().ok()?);
    model.cpu = found.cpu.as_ref().and_then(|text| text.parse().ok());
    model.ram = found.ram.as_ref().and_then(|text| text.parse().ok());
    Some(model)
}

/// Whether a model has the processor and the memory that the machine says.
pub fn fits(found: &MachineReport, model: &ProductModel) -> bool {
    misfits(found, model) == 0
}

fn misfits(found: &MachineReport, m: &ProductModel) -> u8 {
    let differs =
        |found: &Option<String>, recorded: &Option<String>, same: fn(&str, &str) -> bool| match found {
            None => false,
            Some(found) => !recorded.as_ref().is_some_and(|recorded| same(found, recorded)),
        };
    u8::from(differs(&found.cpu, &m.cpu, same_cpu))
        + u8::from(differs(&found.ram, &m.ram, |a, b| {
            ram_gigabytes(a) == ram_gigabytes(b)
        }))
}

/// The model of the device with these fields as the machine says. Prices are not taken along: another machine costs another
/// price.
fn model_with(
    model: &ProductModel,
    found: &MachineReport,
    fields: &[ReportField],
) -> Result<NewProductModel, Refusal> {
    fn text<const MIN: usize, const MAX: usize>(
        value: Option<String>,
    ) -> Result<Option<Text<MIN, MAX>>, Refusal> {
        value
            .map(|text| text.parse::<Text<MIN, MAX>>())
            .transpose()
            .map_err(|wrong| Refusal::invalid("/fields", wrong.to_string()))
    }
    let pick = |field: ReportField, found: &Option<String>, recorded: Option<&String>| {
        let taken = found.as_ref().filter(|_| fields.contains(&field));
        taken.or(recorded).cloned()
    };
    let required = || Refusal::Internal("a model without a brand or a name".into());
    Ok(NewProductModel {
        category: model.category,
        brand: text(pick(ReportField::Brand, &found.brand, Some(&model.brand)))?.ok_or_else(required)?,
        model_name: text(pick(
            ReportField::ModelName,
            &found.model_name,
            Some(&model.model_name),
        ))?
        .ok_or_else(required)?,
        cpu: text(pick(ReportField::Cpu, &found.cpu, model.cpu.as_ref()))?,
        ram: text(pick(ReportField::Ram, &found.ram, model.ram.as_ref()))?,
        storage: text(model.storage.clone())?,
        screen_size: text(model.screen_size.clone())?,
        gpu: text(model.gpu.clone())?,
        operating_system: text(model.operating_system.clone())?,
        description: None,
        default_price_grade_a: None,
        default_price_grade_b: None,
        default_price_grade_c: None,
        image_url: None,
    })
}

async fn compare(
    conn: &mut db::PgConnection,
    report: StoredReport,
    record: &AssetRecord,
) -> Result<MachineComparison, Refusal> {
    let fields = differences(
        &report.found,
        Some(&record.asset.serial_number),
        &record.product_model,
    );
    let differing: Vec<ReportField> = fields.iter().filter(|d| d.differs).map(|d| d.field).collect();
    let wanted = model_with(&record.product_model, &report.found, &differing)?;
    let key = ModelValues::from(wanted).key();
    let product_model_id = if key == key_of(&record.product_model) {
        Some(record.product_model.id)
    } else {
        db::catalog::model_find_by_key(conn, &key).await?
    };
    Ok(MachineComparison {
        report,
        fields,
        product_model_id,
    })
}

fn key_of(m: &ProductModel) -> String {
    domain::catalog::model_key(
        &m.brand,
        &m.model_name,
        m.cpu.as_deref(),
        m.ram.as_deref(),
        m.storage.as_deref(),
    )
}

/// Whoever receives, tests or corrects devices reads machines.
fn may_read(actor: &Actor) -> Result<(), Refusal> {
    let may = [
        Capability::ReceiveStock,
        Capability::RecordDiagnostics,
        Capability::EditAssets,
    ];
    if may.into_iter().any(|c| actor.can(c)) {
        Ok(())
    } else {
        Err(Refusal::not_allowed(actor.role))
    }
}

/// Keeps a report with its device, and answers what differs.
pub async fn keep_report(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    text: &str,
) -> Result<MachineComparison, Refusal> {
    may_read(actor)?;
    let found = read_report(text)?;
    let mut tx = shop.begin(actor).await?;
    let record = db::assets::asset_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    super::stands(&record.asset)?;
    let report = keep_in(&mut tx, id, &found, text).await?;
    let comparison = compare(tx.conn(), report, &record).await?;
    tx.commit(201, &comparison).await?;
    Ok(comparison)
}

/// Keeps a report with its device, inside somebody's transaction.
pub(super) async fn keep_in(
    tx: &mut Tx,
    id: AssetId,
    found: &MachineReport,
    text: &str,
) -> Result<StoredReport, Refusal> {
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    let report = db::machine_reports::report_insert(tx.conn(), id, found, &text).await?;
    let is = json!({"machine_report_id": report.id, "found": found});
    tx.audit("asset.machine_report", "assets", id.get(), None, Some(is))
        .await?;
    Ok(report)
}

/// The reports of a device beside its record, newest first.
pub async fn reports(shop: &Shop, id: AssetId) -> Result<Vec<MachineComparison>, Refusal> {
    let mut conn = shop.read().await?;
    let record = db::assets::asset_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    let mut all = Vec::new();
    for report in db::machine_reports::report_list(&mut conn, id).await? {
        all.push(compare(&mut conn, report, &record).await?);
    }
    Ok(all)
}

/// What of a report goes into the record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeOver {
    /// The report.
    pub machine_report_id: MachineReportId,
    /// The fields, at least one.
    #[schema(min_items = 1, max_items = 5)]
    pub fields: Vec<ReportField>,
    /// Whether the catalogue gets a new model where it has none like this machine.
    #[serde(default)]
    pub create_model: bool,
}

/// Takes fields of a report over into the record.
pub async fn take_over(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    take: TakeOver,
) -> Result<AssetAnswer, Refusal> {
    may_read(actor)?;
    if take.fields.is_empty() {
        return Err(Refusal::invalid("/fields", "Choose what to take over."));
    }
    let mut tx = shop.begin(actor).await?;
    let seen = db::assets::asset_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    let report = db::machine_reports::report_find(tx.conn(), id, take.machine_report_id)
        .await?
        .ok_or_else(|| Refusal::not_found("report of this machine"))?;
    let found = &report.found.0;
    for field in &take.fields {
        let says = match field {
            ReportField::SerialNumber => &found.serial_number,
            ReportField::Brand => &found.brand,
            ReportField::ModelName => &found.model_name,
            ReportField::Cpu => &found.cpu,
            ReportField::Ram => &found.ram,
        };
        if says.is_none() {
            return Err(Refusal::invalid(
                "/fields",
                format!(
                    "The machine says nothing of this: {}. Leave it out.",
                    field.label()
                ),
            ));
        }
    }
    let wanted = model_with(&seen.product_model, found, &take.fields)?;
    let key = ModelValues::from(wanted.clone()).key();
    let model_id = if key == key_of(&seen.product_model) {
        seen.product_model.id
    } else if let Some(there) = db::catalog::model_find_by_key(tx.conn(), &key).await? {
        there
    } else {
        let name = wanted_name(&wanted);
        if !take.create_model {
            let adds = actor.can(Capability::EditCatalog) || actor.can(Capability::ReceiveStock);
            let ask = match adds {
                true => "Have it added with this",
                false => "Ask a Manager to add it",
            };
            return Err(Refusal::conflict(
                "model_missing",
                format!(
                    "The catalogue has no {name}. {ask}, or leave brand, model, processor and memory out."
                ),
            ));
        }
        if !actor.can(Capability::EditCatalog) && !actor.can(Capability::ReceiveStock) {
            return Err(Refusal::forbidden(
                "not_allowed",
                format!(
                    "Your role ({}) may not add {name} to the catalogue. Ask a Manager to add it, then take it over.",
                    actor.role
                ),
            ));
        }
        find_or_create(&mut tx, wanted).await?.0.id
    };
    let before = lock(&mut tx, id).await?;
    if before.product_model.id != seen.product_model.id {
        return Err(Refusal::conflict(
            "changed_meanwhile",
            "Somebody gave this device another model just now. Look at it again.",
        ));
    }
    let old = before.asset.clone();
    let serial_number = found
        .serial_number
        .clone()
        .filter(|_| take.fields.contains(&ReportField::SerialNumber))
        .unwrap_or_else(|| old.serial_number.clone());
    let values = AssetValues {
        asset_tag: None,
        serial_number: serial_number.clone(),
        product_model_id: model_id,
        imei_1: old.imei_1,
        imei_2: old.imei_2,
        supplier: old.supplier,
        purchase_cost: old.purchase_cost,
        landed_cost: old.landed_cost,
        lot_id: old.lot_id,
        received_date: old.received_date,
        cosmetic_notes: old.cosmetic_notes,
        battery_health_percent: old.battery_health_percent,
        battery_cycle_count: old.battery_cycle_count,
        accessories_included: old.accessories_included,
        list_price: old.list_price,
    };
    if let Err(error) = db::assets::asset_update(tx.conn(), id, &values).await {
        drop(tx);
        return Err(named(shop, error.into(), &serial_number).await);
    }
    let after = answer(&mut tx, id).await?;
    let on_sale = matches!(
        after.asset.status,
        AssetStatus::ReadyForSale | AssetStatus::Reserved
    );
    if on_sale && after.asset.price.is_none() {
        return Err(Refusal::conflict(
            "price_missing",
            format!(
                "Device {} is {}, and {} has no price for its grade. Ask a Manager to set one first.",
                before.asset.asset_tag,
                before.asset.status,
                after.asset.title()
            ),
        ));
    }
    let fields: Vec<&str> = take.fields.iter().map(|f| f.key()).collect();
    let is = json!({"machine_report_id": report.id, "fields": fields, "asset": after.asset});
    tx.audit(
        "asset.take_over",
        "assets",
        id.get(),
        Some(json!(before.asset)),
        Some(is),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

fn wanted_name(new: &NewProductModel) -> String {
    let parts = [
        Some(domain::catalog::title(
            new.brand.as_str(),
            new.model_name.as_str(),
        )),
        new.cpu.as_ref().map(|t| t.as_str().to_owned()),
        new.ram.as_ref().map(|t| t.as_str().to_owned()),
    ];
    parts
        .into_iter()
        .flatten()
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The models of the catalogue that a machine may be, the best first: same processor and memory, then the same name.
pub async fn fitting_models(shop: &Shop, found: &MachineReport) -> Result<Vec<ProductModel>, Refusal> {
    let (Some(brand), Some(name)) = (&found.brand, &found.model_name) else {
        return Ok(Vec::new());
    };
    let mut models = db::catalog::models_called(&mut *shop.read().await?, brand, name).await?;
    models.sort_by_key(|m| misfits(found, m));
    Ok(models)
}

/// The text of a file as people save it: UTF-8, UTF-16 as Windows redirects it (with its mark or without), or else what Windows
/// programs of Western Europe write.
pub fn report_text(bytes: &[u8]) -> String {
    let half = |from: usize| {
        let some = bytes.iter().skip(from).step_by(2).take(256);
        let count = some.len();
        count >= 8 && some.filter(|byte| **byte == 0).count() * 2 > count
    };
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if half(1) => encoding_rs::UTF_16LE,
        None if half(0) => encoding_rs::UTF_16BE,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => encoding_rs::WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "System Information\n\tManufacturer: Hewlett-Packard\n\tProduct Name: Élite é 840\n\tSerial Number: 5CG0123XYZ\n";

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let text = if mark {
            format!("\u{feff}{text}")
        } else {
            text.to_owned()
        };
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn reports_are_read_in_every_encoding() {
        let latin: Vec<u8> = REPORT
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        let files = [
            REPORT.as_bytes().to_vec(),
            format!("\u{feff}{REPORT}").into_bytes(),
            latin,
            utf16(REPORT, false, true),
            utf16(REPORT, true, true),
            utf16(REPORT, false, false),
            utf16(REPORT, true, false),
            utf16(&REPORT.replace('\n', "\r\n"), false, true),
        ];
        for file in files {
            let found = read_report(&report_text(&file)).unwrap();
            assert_eq!(found.model_name.as_deref(), Some("Élite é 840"), "{file:?}");
            assert_eq!(found.serial_number.as_deref(), Some("5CG0123XYZ"));
        }
    }

    #[test]
    fn a_report_cut_anywhere_is_read_or_refused() {
        for whole in [
            REPORT.as_bytes().to_vec(),
            utf16(REPORT, false, true),
            utf16(REPORT, true, false),
        ] {
            for end in 0..whole.len() {
                match read_report(&report_text(&whole[..end])) {
                    Ok(_) => {}
                    Err(Refusal::Invalid(errors)) => assert!(errors[0].detail.contains("sudo dmidecode")),
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }
}
