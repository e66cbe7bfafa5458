//! The moves of the workflow that need a record of their own, over HTTP: from every state, by every role, exactly what the table
//! says. What is a plain change of status is walked through in `assets`.

use domain::asset::status::{AssetAction, MOVES, Record};
use domain::{AssetStatus, Capability, Category, Role};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use stage::Stage;
use stage::http::{Api, Reply, Server};
use std::collections::BTreeSet;

/// What somebody does to move a device, and what of it a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Pass,
    Fail,
    Wipe,
    GradeAndPass,
    GradeAndFail,
    Hold,
    SellPaid,
    PayTheHeld,
    CancelTheHeld,
    TakeBack,
}

const DEEDS: &[(Deed, AssetAction, Record, Capability)] = &[
    (
        Deed::Pass,
        AssetAction::PassDiagnostics,
        Record::Diagnostics,
        Capability::RecordDiagnostics,
    ),
    (
        Deed::Fail,
        AssetAction::FailDiagnostics,
        Record::Diagnostics,
        Capability::RecordDiagnostics,
    ),
    (
        Deed::Wipe,
        AssetAction::RecordWipe,
        Record::WipeCertificate,
        Capability::RecordDiagnostics,
    ),
    (
        Deed::GradeAndPass,
        AssetAction::PassQualityCheck,
        Record::QualityCheck,
        Capability::RecordDiagnostics,
    ),
    (
        Deed::GradeAndFail,
        AssetAction::FailQualityCheck,
        Record::QualityCheck,
        Capability::RecordDiagnostics,
    ),
    (
        Deed::Hold,
        AssetAction::Reserve,
        Record::InvoiceLine,
        Capability::Sell,
    ),
    (
        Deed::SellPaid,
        AssetAction::Sell,
        Record::InvoiceLine,
        Capability::Sell,
    ),
    (
        Deed::PayTheHeld,
        AssetAction::Sell,
        Record::InvoiceLine,
        Capability::Sell,
    ),
    (
        Deed::CancelTheHeld,
        AssetAction::Release,
        Record::InvoiceLine,
        Capability::Sell,
    ),
    (
        Deed::TakeBack,
        AssetAction::Return,
        Record::ReturnLine,
        Capability::ApproveReturns,
    ),
];

struct Trial<'a> {
    stage: &'a Stage,
    /// Who brings devices to where they are tried from.
    efua: Api,
    made: usize,
}

/// A device to try on, and the invoice that holds or sold it.
struct Device {
    id: i64,
    invoice: Option<i64>,
}

async fn draft(api: &Api, id: i64) -> Reply {
    let draft = json!({"customer_type": "Walk-in", "lines": [{"asset_id": id}]});
    api.post("/invoices", &draft).await
}

async fn sale(api: &Api, id: i64) -> Reply {
    let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": id}],
        "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    api.post("/sales", &sale).await
}

impl Trial<'_> {
    /// A device in this state. Sold and Reserved have the invoice that makes them so, which `seller` wrote if they may.
    async fn at(&mut self, category: Category, status: AssetStatus, seller: &Api, may_sell: bool) -> Device {
        self.made += 1;
        let serial = format!("TRY-{}", self.made);
        let id = i64::from(self.stage.ready_device_of(category.as_str(), &serial).await.get());
        let seller = if may_sell { seller } else { &self.efua };
        let invoice = match status {
            AssetStatus::Reserved => Some(draft(seller, id).await.expect(201)),
            AssetStatus::Sold => Some(sale(seller, id).await.expect(201)),
            AssetStatus::ReadyForSale => None,
            other => {
                // Past the guards: these tests are about who may leave a state.
                let sql = format!(
                    "SET session_replication_role = replica;
                     UPDATE assets SET status = '{other}', not_sellable_reason = 'kept' WHERE id = {id}"
                );
                let mut conn = self.stage.superuser().await;
                conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
                None
            }
        };
        Device {
            id,
            invoice: invoice.map(|made| made["id"].as_i64().unwrap()),
        }
    }
}

/// Does it, as far as there is an invoice to do it to.
async fn act(api: &Api, deed: Deed, device: &Device) -> Option<Reply> {
    let id = device.id;
    let results = |result: &str| json!({"checklist_data": {"display": "pass"}, "overall_result": result, "notes": "tried"});
    let check =
        |passed: bool| json!({"condition_grade": "A", "passed": passed, "cosmetic_notes": "as tried"});
    let of_asset = |what: &str| format!("/assets/{id}/{what}");
    let of_invoice = |what: &str| {
        device
            .invoice
            .map(|invoice| format!("/invoices/{invoice}/{what}"))
    };
    let (path, body) = match deed {
        Deed::Pass => (of_asset("diagnostics"), results("Pass")),
        Deed::Fail => (of_asset("diagnostics"), results("Fail")),
        Deed::Wipe => (
            of_asset("wipe-certificates"),
            json!({"wipe_method": "NIST 800-88 Clear"}),
        ),
        Deed::GradeAndPass => (of_asset("quality-check"), check(true)),
        Deed::GradeAndFail => (of_asset("quality-check"), check(false)),
        Deed::Hold => return Some(draft(api, id).await),
        Deed::SellPaid => return Some(sale(api, id).await),
        Deed::PayTheHeld => (
            of_invoice("payments")?,
            json!({"payment_method": "Cash", "amount": "5000.00"}),
        ),
        Deed::CancelTheHeld => (of_invoice("cancel")?, json!({"reason": "tried"})),
        Deed::TakeBack => (
            of_invoice("returns")?,
            json!({"reason": "tried", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}],
                "refunds": [{"payment_method": "Cash", "amount": "5000.00"}]}),
        ),
    };
    Some(api.post(&path, &body).await)
}

/// Where a device is, and where the first step away from there led.
async fn moved(stage: &Stage, id: i64, from: AssetStatus, before: i64) -> (String, Option<String>) {
    let mut conn = stage.superuser().await;
    let id = i32::try_from(id).unwrap();
    let status = sqlx::query_scalar("SELECT status FROM assets WHERE id = $1")
        .bind(id)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let first = sqlx::query_scalar(
        "SELECT to_status FROM inventory_movements WHERE asset_id = $1 AND from_status = $2 AND to_status <> $2 AND id > $3
         ORDER BY id LIMIT 1",
    )
    .bind(id)
    .bind(from.as_str())
    .bind(before)
    .fetch_optional(&mut conn)
    .await
    .unwrap();
    (status, first)
}

async fn tried(category: Category) -> BTreeSet<(AssetStatus, AssetStatus)> {
    let stage = Stage::open().await;
    let server: Server = stage.serve().await;
    let mut trial = Trial {
        stage: &stage,
        efua: server.api(Role::Admin).await,
        made: 0,
    };
    let mut passed = BTreeSet::new();
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let api = server.api(*role).await;
        for from in AssetStatus::ALL {
            let mut device = None;
            for (deed, action, record, needed) in DEEDS {
                let here = match device.take() {
                    Some(here) => here,
                    None => trial.at(category, *from, &api, role.can(Capability::Sell)).await,
                };
                let line = MOVES.iter().find(|line| {
                    line.from == *from
                        && line.action == *action
                        && line.record == Some(*record)
                        && line.categories.contains(&category)
                });
                let before = stage
                    .count("SELECT coalesce(max(id), 0)::bigint FROM inventory_movements")
                    .await;
                let Some(reply) = act(&api, *deed, &here).await else {
                    device = Some(here);
                    continue;
                };
                // A device that something holds already is not sold beside it, only by paying for that.
                let held = *deed == Deed::SellPaid && *from == AssetStatus::Reserved;
                let may = line.filter(|_| !held).filter(|line| role.can(line.capability));
                let (status, step) = moved(&stage, here.id, *from, before).await;
                let told = format!(
                    "{role}, {category} {from}: {deed:?} answers {} and leaves it {status}: {}",
                    reply.status, reply.json
                );
                match may {
                    Some(line) => {
                        if !matches!(reply.status, 200 | 201) || step.as_deref() != Some(line.to.as_str()) {
                            wrong.push(told);
                        }
                        passed.insert((*from, line.to));
                    }
                    None => {
                        // Whoever sells cancels a Draft of their own, and leaves what is paid to a Manager.
                        let needed = match (deed, from) {
                            (Deed::CancelTheHeld, AssetStatus::Sold) => Capability::ApproveReturns,
                            _ => *needed,
                        };
                        let expected = if role.can(needed) { 409 } else { 403 };
                        if reply.status != expected || status != from.as_str() || step.is_some() {
                            wrong.push(format!("{told}, not {expected}"));
                        }
                        device = Some(here);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    passed
}

/// What the table says needs a record, of this kind of device.
fn listed(category: Category) -> BTreeSet<(AssetStatus, AssetStatus)> {
    let of = MOVES
        .iter()
        .filter(|line| line.record.is_some() && line.categories.contains(&category));
    of.map(|line| (line.from, line.to)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_from_every_state_by_every_role() {
    assert_eq!(tried(Category::Laptop).await, listed(Category::Laptop));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accessory_goes_its_own_way_and_no_other() {
    let accessory = tried(Category::Accessory).await;
    // An accessory never gets to Wipe Pending; one that somebody put there by hand is not kept from being wiped.
    assert_eq!(accessory, listed(Category::Accessory));
    assert!(!accessory.contains(&(AssetStatus::DiagnosticsPending, AssetStatus::WipePending)));
}

/// What a person reads when a record does not fit: where the device is, and what can be done instead.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_record_says_where_the_device_can_go() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let id = stage.ready_device("SN-1").await;
    let kofi = server.api(Role::Technician).await;
    let wipe = json!({"wipe_method": "NIST 800-88 Clear"});
    let refused: Value = kofi
        .post(&format!("/assets/{id}/wipe-certificates"), &wipe)
        .await
        .expect(409);
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("Ready for Sale") && detail.ends_with('.'),
        "{refused}"
    );
    assert!(
        refused["allowed"]
            .as_array()
            .is_some_and(|allowed| !allowed.is_empty()),
        "{refused}"
    );
}
