//! Generated files are committed, so that a change of the interface or of a permission is a visible diff.
//! `make generate` writes them (it sets GENERATE=1); here they are compared.

use std::path::Path;

fn compare(path: &str, now: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("GENERATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == now,
        "{path} is not what the code says: run `make generate` and look at the difference"
    );
}

#[test]
fn openapi_json() {
    compare("openapi.json", &web::openapi_json());
}

#[test]
fn permissions() {
    compare("docs/permissions.md", &web::permission_sheet());
}

#[test]
fn the_life_of_a_device() {
    compare(
        "docs/workflows/asset.md",
        &domain::asset::status::workflow_markdown(),
    );
}

#[test]
fn the_life_of_a_preorder() {
    compare(
        "docs/workflows/preorder.md",
        &domain::preorder::workflow_markdown(),
    );
}

#[test]
fn the_lives_of_repairs_warranties_and_claims() {
    compare("docs/workflows/repair.md", &domain::repair::workflow_markdown());
    compare(
        "docs/workflows/warranty.md",
        &domain::warranty::workflow_markdown(),
    );
    compare("docs/workflows/claim.md", &domain::claim::workflow_markdown());
}

#[test]
fn the_life_of_a_stocktake() {
    compare(
        "docs/workflows/stocktake.md",
        &domain::stocktake::workflow_markdown(),
    );
}

#[test]
fn the_life_of_an_invoice() {
    compare(
        "docs/workflows/invoice.md",
        &domain::invoice::status::workflow_markdown(),
    );
}
