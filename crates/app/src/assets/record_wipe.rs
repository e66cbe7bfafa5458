//! Recording that a device's data is wiped. The certificate moves the device on.

use super::{AssetAnswer, answer, facts, lock, not_allowed, nullable};
use crate::{Actor, Capability, Refusal, Shop};
use domain::asset::status::decide_action;
use domain::{AssetAction, AssetId, Facts, Text, WipeMethod};
use serde::Deserialize;
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// How a device was wiped.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWipe {
    /// NIST 800-88 Clear, NIST 800-88 Purge, DoD 3-pass, Quick Format, Blancco, or what else the shop uses.
    pub wipe_method: WipeMethod,
    /// The certificate of another program; Blancco always makes one.
    #[serde(default)]
    pub certificate_reference: Option<Text<0, 100>>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
}

impl PartialSchema for NewWipe {
    fn schema() -> RefOr<Schema> {
        let body = || {
            ObjectBuilder::new()
                .schema_type(Type::Object)
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
                .property("notes", nullable(Text::<0, 5000>::schema()))
                .required("wipe_method")
        };
        let other = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(50))
            .pattern(Some(r"^(?!\s*[Bb][Ll][Aa][Nn][Cc][Cc][Oo])[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"))
            .examples(WipeMethod::KNOWN.iter().filter(|m| !WipeMethod::parse(m).is_ok_and(|m| m.needs_reference())).copied());
        AnyOfBuilder::new()
            .item(
                body()
                    .property("wipe_method", WipeMethod::schema())
                    .property("certificate_reference", Text::<1, 100>::schema())
                    .required("certificate_reference"),
            )
            .item(
                body()
                    .property("wipe_method", other)
                    .property("certificate_reference", nullable(Text::<0, 100>::schema())),
            )
            .into()
    }
}

impl ToSchema for NewWipe {}

/// Records that a device which waits for it is wiped.
pub async fn record_wipe(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    wipe: NewWipe,
) -> Result<AssetAnswer, Refusal> {
    actor.require(Capability::RecordDiagnostics)?;
    let technician = actor.user()?;
    let reference = wipe
        .wipe_method
        .check_reference(wipe.certificate_reference.as_ref().and_then(Text::non_empty))
        .map_err(|wrong| Refusal::invalid("/certificate_reference", wrong.to_string()))?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let facts = Facts {
        wiped_since_entry: true,
        ..facts(&mut tx, &before).await?
    };
    let line = decide_action(before.asset.status, AssetAction::RecordWipe, &facts).map_err(not_allowed)?;
    let method = wipe.wipe_method.as_str();
    let notes = wipe.notes.as_ref().and_then(Text::non_empty);
    let certificate =
        db::assets::wipe_insert(tx.conn(), id, technician, method, reference.as_deref(), notes).await?;
    db::assets::asset_status_set(tx.conn(), id, line.to, None, &format!("Wiped: {method}")).await?;
    let mut after = answer(&mut tx, id).await?;
    let was = json!({"status": before.asset.status});
    tx.audit(
        "asset.wipe",
        "assets",
        id.get(),
        Some(was),
        Some(json!({"status": line.to, "wipe_certificate": certificate})),
    )
    .await?;
    after.wipe_certificate = Some(certificate);
    tx.commit(201, &after).await?;
    Ok(after)
}
