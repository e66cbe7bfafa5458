//! Yaw receives a lot from a supplier's manifest.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;

use app::imports::{self, Import, ImportMode, ImportState, ManifestOptions};
use app::{Actor, Refusal, Shop};
use domain::Role;
use stage::Stage;
use tempfile::NamedTempFile;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn good_rows() -> ManifestOptions {
    ManifestOptions { mode: ImportMode::GoodRows, ..ManifestOptions::default() }
}

async fn import(shop: &Shop, actor: &Actor, text: &str, options: &ManifestOptions) -> Result<Import, Refusal> {
    imports::import_manifest(shop, actor, file(text).path(), "lot.csv", options).await
}

fn reasons(import: &Import) -> Vec<String> {
    import.errors.iter().map(|error| format!("{} {}: {}", error.row, error.column, error.reason)).collect()
}

const LOT: &str = "Serial,Brand,Model,CPU,RAM,Cost,Location,Lot\n\
    A1,Dell,Latitude 7490,i5-8350U,8,1500,Warehouse,L7\n\
    A2,DELL,latitude 7490,Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz,8GB,1500.50,warehouse,L7\n\
    A3,HP,EliteBook 840 G5,i5-8350U,16,,,L8\n";

#[tokio::test]
async fn yaw_receives_a_lot_and_then_the_same_again() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let first = import(&stage.shop, &yaw, LOT, &ManifestOptions::default()).await.unwrap();
    assert_eq!((first.rows, first.accepted, first.rejected), (3, 3, 0), "{first:?}");
    assert_eq!(first.state, ImportState::Done);
    assert_eq!(stage.count("SELECT count(*) FROM assets WHERE status = 'Received'").await, 3);
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 2, "one model, spelled in two ways, and another");
    assert_eq!(stage.count("SELECT count(*) FROM assets WHERE purchase_cost = 1500.50").await, 1);
    assert_eq!(
        stage.count("SELECT count(*) FROM inventory_movements WHERE reason = 'Received with lot.csv, lot L7' AND to_status = 'Received'").await,
        2
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM inventory_movements m JOIN users u ON u.id = m.moved_by WHERE u.username = 'yaw'").await,
        3
    );
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'import.manifest'").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM assets WHERE asset_tag LIKE 'P4T-00000%'").await, 3);

    for mode in [ImportMode::AllOrNothing, ImportMode::GoodRows] {
        let again = import(&stage.shop, &yaw, LOT, &ManifestOptions { mode, ..ManifestOptions::default() }).await.unwrap();
        assert_eq!((again.rows, again.accepted, again.rejected), (3, 0, 3));
        assert_eq!(
            reasons(&again)[0],
            "2 Serial: This device was received already on 14 Jan 2026: it is P4T-000001."
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 3);
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 2);
}

const FAULTY: &str = "Serial,Brand,Model,CPU,Location\n\
    B1,Dell,Latitude 7490,i5-8350U,\n\
    B2,Dell,Latitude 7490,,\n\
    b 1,Dell,Latitude 7490,i5-8350U,\n\
    B4,Dell,Latitude 7490,i5-8350U,Kumasi\n";

#[tokio::test]
async fn all_or_nothing_receives_nothing_and_good_rows_the_good_ones() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let nothing = import(&stage.shop, &yaw, FAULTY, &ManifestOptions::default()).await.unwrap();
    assert_eq!((nothing.rows, nothing.accepted, nothing.rejected), (4, 0, 3));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 0);

    let look = ManifestOptions { dry_run: true, ..good_rows() };
    let looked = import(&stage.shop, &yaw, FAULTY, &look).await.unwrap();
    assert_eq!((looked.accepted, looked.rejected, looked.dry_run), (1, 3, true));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action LIKE 'import%' AND after->>'accepted' = '1'").await, 0);

    let good = import(&stage.shop, &yaw, FAULTY, &good_rows()).await.unwrap();
    assert_eq!((good.accepted, good.rejected), (1, 3));
    assert_eq!(
        reasons(&good),
        [
            "3 CPU: The CPU is missing: fill it in, or write Unknown to receive the device without it.",
            "4 Serial: This serial number stands in row 2 already: a device can be received only once.",
            "5 Location: There is no location “Kumasi”: write one that there is, or leave it empty.",
        ]
    );
    let bad = String::from_utf8(imports::rejected_file(&stage.shop, good.id).await.unwrap()).unwrap();
    assert!(bad.starts_with("\u{feff}Serial,Brand,Model,CPU,Location,Row,What is wrong\nB2,Dell,"), "{bad}");
    // The faults mended, the rows that came back are received.
    let mended = bad.replace("7490,,", "7490,i5-8350U,").replace("Kumasi", "Shop Floor").replace("b 1,", "B3,");
    let mended = import(&stage.shop, &yaw, &mended, &ManifestOptions::default()).await.unwrap();
    assert_eq!((mended.accepted, mended.rejected), (3, 0), "{:?}", reasons(&mended));
}

#[tokio::test]
async fn bad_files_leave_no_trace() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let cases = [
        ("", "empty"),
        ("%PDF-1.7", "a PDF document"),
        ("Brand,Model,CPU\nDell,x,i5\n", "No serial number column was found in row 1"),
        ("Serial,Brand,Model\n", "no rows"),
    ];
    for (text, expected) in cases {
        let refusal = import(&stage.shop, &yaw, text, &good_rows()).await.unwrap_err().sentence();
        assert!(refusal.contains(expected), "{refusal}");
    }
    let tomorrow = ManifestOptions { received_date: stage.shop.today().succ_opt(), ..good_rows() };
    assert!(import(&stage.shop, &yaw, LOT, &tomorrow).await.is_err());
    let ama = stage.actor(Role::Sales).await;
    assert!(matches!(import(&stage.shop, &ama, LOT, &good_rows()).await, Err(Refusal::Forbidden { .. })));
    assert_eq!(stage.count("SELECT count(*) FROM imports").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log").await, 0);
}

#[tokio::test]
async fn known_numbers_are_told_apart() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let first = "Serial,IMEI,IMEI 2,Tag,Brand,Model\nS1,490154203237518,356938035643809,T-1,Samsung,S9\n";
    import(&stage.shop, &yaw, first, &good_rows()).await.unwrap();
    let second = "Serial,IMEI,IMEI 2,Tag,Brand,Model\n\
        S2,356938035643809,,,Samsung,S9\nS3,,490154203237518,,Samsung,S9\nS4,,,t-1,Samsung,S9\n s 1 ,,,T-9,Samsung,S9\n";
    let second = import(&stage.shop, &yaw, second, &good_rows()).await.unwrap();
    assert_eq!(
        reasons(&second),
        [
            "2 IMEI: Another device, T-1, has this IMEI already: read it again.",
            "3 IMEI: Another device, T-1, has this IMEI already: read it again.",
            "4 Tag: Another device, T-1, has this asset tag already: read it again.",
            "5 Serial: This device was received already on 14 Jan 2026: it is T-1.",
        ]
    );
}

#[tokio::test]
async fn costs_in_another_currency_need_a_rate() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let lot = "Serial,Brand,Model,Cost (USD)\nC1,Dell,x,100.10\n";
    let without = import(&stage.shop, &yaw, lot, &good_rows()).await.unwrap();
    assert!(reasons(&without)[0].starts_with("2 Cost (USD): This cost is in USD: say how many cedis"), "{without:?}");
    let with = ManifestOptions { exchange_rate: Some("15.55".parse().unwrap()), ..good_rows() };
    let with = import(&stage.shop, &yaw, lot, &with).await.unwrap();
    assert_eq!(with.accepted, 1);
    assert_eq!(stage.count("SELECT count(*) FROM assets WHERE purchase_cost = 1556.56").await, 1);
    let mixed = "Serial,Brand,Model,Cost\nD1,Dell,x,$1\nD2,Dell,x,€1\nD3,Dell,x,GHS 1\n";
    let rate = ManifestOptions { exchange_rate: Some("15".parse().unwrap()), ..good_rows() };
    let mixed = import(&stage.shop, &yaw, mixed, &rate).await.unwrap();
    assert_eq!((mixed.accepted, mixed.rejected), (2, 1));
    assert!(reasons(&mixed)[0].contains("in EUR and others are in USD"));
}

#[tokio::test]
async fn sixteen_at_once_receive_each_device_once() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let mut lot = String::from("Serial,Brand,Model,CPU,RAM\n");
    for n in 0..2500 {
        lot.push_str(&format!("SN{n},Dell,Latitude {},i5-8350U,8\n", n % 40));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..16 {
        let (shop, yaw, lot) = (stage.shop.clone(), yaw.clone(), lot.clone());
        let mode = if n % 2 == 0 { ImportMode::GoodRows } else { ImportMode::AllOrNothing };
        tasks.spawn(async move {
            import(&shop, &yaw, &lot, &ManifestOptions { mode, ..ManifestOptions::default() }).await.unwrap()
        });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().map(|import| import.accepted).sum::<i32>(), 2500);
    assert_eq!(done.iter().filter(|import| import.accepted == 2500 && import.rejected == 0).count(), 1);
    assert!(done.iter().all(|import| import.accepted == 2500 || import.rejected == 2500));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 2500);
    assert_eq!(stage.count("SELECT count(*) FROM inventory_movements").await, 2500);
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 40);
}
