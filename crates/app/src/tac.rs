//! Type allocation codes: which phone an IMEI belongs to. The shop imports a list, for example the Osmocom TAC database
//! (CC BY-SA 3.0), which BizHub does not bring along.

use crate::catalog::{NewProductModel, ProductModel};
use crate::imports::CommaRows;
use crate::{Actor, Capability, Refusal, Shop};
pub use db::tac_codes::TacCode;
use domain::catalog::{meaningful, normalise_brand, tidy_model};
use domain::{Category, Imei, ProductModelId};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use utoipa::ToSchema;

/// The largest list, in bytes.
const FILE_LIMIT: u64 = 20 * 1024 * 1024;
/// The most rows of a list.
const ROW_LIMIT: usize = 500_000;
/// Codes written by one statement.
const BATCH: usize = 5_000;

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TacImport {
    /// Rows below the header.
    pub rows: i64,
    /// Codes that were not known before.
    pub added: i64,
    /// Codes that have another name now.
    pub changed: i64,
    /// Rows left out: no code of eight digits, or no name.
    pub left_out: i64,
}

/// A phone, as its IMEI tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TacAnswer {
    /// The code.
    #[serde(flatten)]
    pub code: TacCode,
    /// The models of the catalogue that it may be.
    pub product_models: Vec<TacModel>,
}

/// A model of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TacModel {
    /// Number.
    pub id: ProductModelId,
    /// `Samsung Galaxy S9 · 4GB · 64GB`
    pub title: String,
}

impl From<ProductModel> for TacModel {
    fn from(model: ProductModel) -> Self {
        TacModel {
            id: model.id,
            title: [model.title(), model.specs()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
        }
    }
}

/// Reads a list: CSV with a line of column names among the first ten. `tac` is the code; the brand is the column `brand`,
/// `manufacturer` or the first one called `name`, the model `model`, `model_name` or the second one called `name`.
fn read(path: &Path) -> Result<(TacImport, Vec<TacCode>), Refusal> {
    let refuse = |sentence: &str| Refusal::invalid("/file", sentence);
    let broken = |error: std::io::Error| Refusal::Internal(format!("a list could not be read: {error}"));
    if std::fs::metadata(path).map_err(broken)?.len() > FILE_LIMIT {
        return Err(refuse("This list is larger than 20 MB: send a shorter one."));
    }
    let mut start = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(4).read_to_end(&mut start))
        .map_err(broken)?;
    if start == b"PK\x03\x04" {
        return Err(refuse(
            "This is an Excel workbook or a zip archive, not CSV: save the list as CSV and send that.",
        ));
    }
    let mut rows = CommaRows::open(path)?;
    let mut columns: Option<(usize, usize, usize)> = None;
    let mut codes: BTreeMap<String, TacCode> = BTreeMap::new();
    let mut done = TacImport::default();
    for line in 0.. {
        let Some(row) = rows.next_row()? else { break };
        let Some((tac, brand, model)) = columns else {
            columns = header(&row);
            if columns.is_none() && line >= 10 {
                break;
            }
            continue;
        };
        done.rows += 1;
        if codes.len() >= ROW_LIMIT {
            return Err(refuse(
                "This list has more than 500,000 codes: send a shorter one.",
            ));
        }
        match code(&row, tac, brand, model) {
            Some(code) => {
                // Of two names for a code the first one counts.
                if codes.contains_key(&code.tac) {
                    done.left_out += 1;
                } else {
                    codes.insert(code.tac.clone(), code);
                }
            }
            None => done.left_out += 1,
        }
    }
    if columns.is_none() {
        return Err(refuse(
            "No line names the columns. The first lines must name tac, and name twice: brand and model.",
        ));
    }
    Ok((done, codes.into_values().collect()))
}

fn header(row: &[String]) -> Option<(usize, usize, usize)> {
    let names: Vec<String> = row.iter().map(|cell| cell.trim().to_lowercase()).collect();
    let at = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let tac = at(&["tac", "tac_code", "tac code"])?;
    let mut called_name = names
        .iter()
        .enumerate()
        .filter(|(_, name)| *name == "name")
        .map(|(n, _)| n);
    let brand = at(&["brand", "manufacturer", "vendor"]).or_else(|| called_name.next())?;
    let model =
        at(&["model", "model_name", "model name", "marketing name"]).or_else(|| called_name.next())?;
    Some((tac, brand, model))
}

fn code(row: &[String], tac: usize, brand: usize, model: usize) -> Option<TacCode> {
    let tac = row.get(tac)?.trim();
    if tac.len() != 8 || !tac.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let text = |cell: usize| {
        let clean: String = row.get(cell)?.chars().filter(|c| !c.is_control()).collect();
        meaningful(&clean)
    };
    let brand: String = normalise_brand(&text(brand)?).chars().take(50).collect();
    let model: String = tidy_model(&brand, &text(model)?).chars().take(100).collect();
    Some(TacCode {
        tac: tac.to_owned(),
        brand,
        model_name: model,
    })
}

/// Imports a list. Codes that are there get the names of the list; none is taken away.
pub async fn import(shop: &Shop, actor: &Actor, path: &Path) -> Result<TacImport, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let path = path.to_owned();
    let (mut done, codes) = tokio::task::spawn_blocking(move || read(&path))
        .await
        .map_err(|e| Refusal::Internal(e.to_string()))??;
    let mut tx = shop.begin(actor).await?;
    for batch in codes.chunks(BATCH) {
        let (added, changed) = db::tac_codes::tac_upsert(tx.conn(), batch).await?;
        done.added += i64::try_from(added).unwrap_or(i64::MAX);
        done.changed += i64::try_from(changed).unwrap_or(i64::MAX);
    }
    tx.audit("tac.import", "tac_codes", None, None, Some(json!(done)))
        .await?;
    tx.commit(200, &done).await?;
    Ok(done)
}

/// How many codes the shop has.
pub async fn count(shop: &Shop) -> Result<i64, Refusal> {
    Ok(db::tac_codes::tac_count(&mut *shop.read().await?).await?)
}

/// The phone that an IMEI belongs to, if a list that was imported knows it.
pub async fn find(shop: &Shop, imei: &Imei) -> Result<Option<TacAnswer>, Refusal> {
    let mut conn = shop.read().await?;
    let Some(code) = db::tac_codes::tac_find(&mut conn, &imei.as_str()[..8]).await? else {
        return Ok(None);
    };
    let models = db::catalog::models_called(&mut conn, &code.brand, &code.model_name).await?;
    let product_models = models.into_iter().map(TacModel::from).collect();
    Ok(Some(TacAnswer { code, product_models }))
}

/// The phone of a code as a model of the catalogue, without prices and without what its code does not tell.
pub fn phone_model(code: &TacCode) -> Result<NewProductModel, Refusal> {
    let wrong = |sentence: String| Refusal::Internal(format!("the code {}: {sentence}", code.tac));
    Ok(NewProductModel::named(
        Category::Phone,
        code.brand.parse().map_err(wrong)?,
        code.model_name.parse().map_err(wrong)?,
    ))
}

/// The same, or the sentence that it is not known.
pub async fn lookup(shop: &Shop, imei: &Imei) -> Result<TacAnswer, Refusal> {
    find(shop, imei).await?.ok_or_else(|| {
        Refusal::NotFound(format!(
            "No phone is known by the code {}. Choose the model by hand, or import a newer list of codes.",
            &imei.as_str()[..8]
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn list(text: &str) -> Result<(TacImport, Vec<TacCode>), Refusal> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read(file.path())
    }

    #[test]
    fn a_list_with_two_header_lines_is_read() {
        let (done, codes) = list(
            "Some list under CC-BY-SA\ntac,name,name,contributor\n35675904,OPPO,N1,K\n49013920,NOKIA,Nokia 1610,x\n\
             4901392,Nokia,short,\n49013921,,No brand,\n35675904,Other,Name,\n",
        )
        .unwrap();
        assert_eq!((done.rows, done.left_out, codes.len()), (5, 3, 2));
        assert_eq!(
            (codes[0].brand.as_str(), codes[0].model_name.as_str()),
            ("OPPO", "N1")
        );
        assert_eq!(
            (codes[1].brand.as_str(), codes[1].model_name.as_str()),
            ("Nokia", "1610")
        );
        let (_, named) = list("brand,model,tac\nSamsung,Galaxy S9,35675905\n").unwrap();
        assert_eq!(named[0].model_name, "Galaxy S9");
        assert!(list("a,b\n1,2\n").is_err());
        assert!(list("").is_err());
    }

    #[test]
    fn what_is_no_list_is_refused_without_being_held() {
        let said = |text: &str| match list(text) {
            Err(Refusal::Invalid(errors)) => errors[0].detail.clone(),
            other => panic!("{other:?}"),
        };
        for wide in [",".repeat(1_000_000), "\"\n\",".repeat(1_000_000)] {
            assert!(said(&wide).contains("more than 200 columns"), "{}", said(&wide));
            assert!(said(&format!("tac,brand,model\n{wide}")).contains("more than 200 columns"));
        }
        assert!(said(&"x".repeat(1_000_000)).ends_with('.'));
        assert!(said("PK\u{3}\u{4}and more").contains("not CSV"));
        assert!(said(&format!("tac,brand,model\n\"{}", "a\n".repeat(500_000))).ends_with('.'));
    }
}
