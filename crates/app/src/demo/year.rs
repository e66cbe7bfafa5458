//! The year, day by day: lots come in, the bench works through them, the counter sells.

mod preorders;
mod trade;

use super::dice::Dice;
use super::people::{self, Staff};
use super::stock_list::{FITTINGS, ITEMS, ItemRow, MODELS, SUPPLIERS};
use super::{DAYS, Summary, counted, made, service, tills};
use crate::assets::{self, Diagnosis, NewAsset, NewWipe, QualityCheck, Relocation, StatusChange};
use crate::catalog::{self, NewProductModel};
use crate::imports::{self, ImportMode, ManifestOptions};
use crate::invoices::{self, Cancellation};
use crate::lots::{self, NewCharge, NewLot};
use crate::sales::{self, NewInvoice, NewLine, NewPayment, NewSale, PREMIUM_SKU, total_up};
use crate::stock::{self, NewBulkStock};
use crate::{Actor, Refusal, Shop, customers, locations};
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use domain::{
    Amount, AssetId, AssetStatus, BulkStockId, Category, ChargeKind, ChargeMethod, CustomerId,
    DiagnosticsResult, Grade, InvoiceCustomerType, InvoiceId, LocationId, LotId, Money, PaymentMethod, Price,
    ProductModelId, WarrantyTier,
};
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::io::Write;

/// The lots of the year that came one by one: days ago, and devices.
const LOTS: &[(i64, usize)] = &[
    (362, 10),
    (318, 8),
    (275, 8),
    (232, 8),
    (190, 8),
    (150, 8),
    (112, 8),
    (78, 8),
    (50, 8),
    (24, 12),
];
/// The last lot came as a manifest and is still at the bench.
const MANIFEST: (i64, usize) = (5, 10);
/// The lot whose customs bill comes late, and how many days ago it came.
const LATE_BILL: usize = 8;
const LATE_BILL_DAY: i64 = 20;
/// Days on which a reseller takes three devices at once; those on which only half is paid at once.
const WHOLESALE: &[i64] = &[300, 205, 125, 60, 20];
const ON_ACCOUNT: &[i64] = &[300, 125, 20];
/// Devices that the bench gets through in a day.
const BENCH: usize = 3;

/// What becomes of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sellable,
    /// Fails diagnostics and is mended within a week.
    Repaired,
    /// Fails diagnostics and waits for a part.
    WaitsForParts,
    /// Fails diagnostics and is not worth mending.
    Scrapped,
    /// Locked to somebody's account.
    Locked,
    /// Its turn has not come yet.
    Waits(AssetStatus),
}

#[derive(Debug, Clone)]
struct Device {
    id: AssetId,
    model: usize,
    grade: Grade,
    fate: Fate,
}

/// A model as the story needs it.
#[derive(Debug)]
struct Model {
    id: ProductModelId,
    category: Category,
    brand: &'static str,
    model_name: &'static str,
    cpu: &'static str,
    ram: &'static str,
    storage: &'static str,
    prices: [Money; 3],
}

#[derive(Debug)]
struct Item {
    id: BulkStockId,
    row: &'static ItemRow,
    left: i32,
}

/// What somebody does on a day.
#[derive(Debug, Clone)]
enum Act {
    RecordCustomer,
    Receive { lot: usize, n: usize },
    ImportManifest,
    WorkAtBench,
    Mend(Device),
    Restock(usize),
    SellDevice,
    SellItems,
    SellWholesale { half: bool },
    TakeDeposit,
    PayRest(InvoiceId, Money),
    KeepForCustomer { send: bool },
    CancelOldest,
}

/// The instants of one act, one after the other.
struct Slot {
    at: DateTime<Utc>,
    step: TimeDelta,
}

impl Slot {
    /// The shop a few minutes later.
    fn next(&mut self, shop: &Shop) -> Shop {
        self.at += self.step;
        shop.at(self.at)
    }
}

/// The shop while its year is made.
pub(super) struct Year {
    shop: Shop,
    now: DateTime<Utc>,
    scale: usize,
    dice: Dice,
    staff: Staff,
    models: Vec<Model>,
    items: Vec<Item>,
    places: Places,
    customers: Vec<CustomerId>,
    bench: VecDeque<Device>,
    mending: Vec<(i64, Device)>,
    shelf: Vec<Device>,
    owed: Vec<(i64, InvoiceId, Money)>,
    to_cancel: Option<InvoiceId>,
    received: usize,
    invoices: usize,
    references: u64,
    told: Vec<preorders::Told>,
    /// The lot that came last, and the one whose customs bill is still to come.
    lot: Option<LotId>,
    unbilled: Option<(LotId, i64)>,
}

/// Where things lie, as far as those places are still called so.
#[derive(Debug, Default)]
struct Places {
    floor: Option<LocationId>,
    backroom: Option<LocationId>,
    bench: Option<LocationId>,
    warehouse: Option<LocationId>,
}

impl Year {
    /// Hires the people, and lists what the shop will deal in.
    pub(super) async fn open(shop: &Shop, scale: usize) -> Result<Self, Refusal> {
        let now = shop.now();
        let opening = shop.at(now - TimeDelta::days(DAYS + 1));
        let staff = people::staff(&opening).await?;
        let all = locations::all(&opening).await?;
        let place = |name: &str| all.iter().find(|l| l.location_name == name).map(|l| l.id);
        let places = Places {
            floor: place("Shop Floor"),
            backroom: place("Backroom"),
            bench: place("Repair Bench"),
            warehouse: place("Warehouse"),
        };
        let models = list_models(&opening, &staff.kwame, scale).await?;
        let mut items = Vec::new();
        for row in ITEMS {
            let left = if row.ordered_again {
                row.delivery.saturating_mul(times(scale))
            } else {
                row.delivery
            };
            let new = NewBulkStock {
                sku: made(row.sku),
                item_name: made(row.item_name),
                category: made(row.category),
                description: None,
                unit_cost: Some(cedis(row.cost)),
                unit_price: Some(cedis(row.price)),
                quantity: Some(counted(left)),
                reorder_threshold: Some(counted(10)),
                supplier: Some(made(row.supplier)),
                location_id: places.floor,
                is_stocked: None,
            };
            let id = stock::create(&opening, &staff.kwame, new).await?.id;
            items.push(Item { id, row, left });
        }
        Ok(Year {
            shop: shop.clone(),
            now,
            scale,
            dice: Dice::new(1957),
            staff,
            models,
            items,
            places,
            customers: Vec::new(),
            bench: VecDeque::new(),
            mending: Vec::new(),
            shelf: Vec::new(),
            owed: Vec::new(),
            to_cancel: None,
            received: 0,
            invoices: 0,
            references: 0,
            told: Vec::new(),
            lot: None,
            unbilled: None,
        })
    }

    /// Who works there.
    pub(super) fn staff(&self) -> &Staff {
        &self.staff
    }

    /// What was made.
    pub(super) fn summary(self) -> Summary {
        Summary {
            new_users: self.staff.new,
            customers: self.customers.len(),
            product_models: self.models.len(),
            items: self.items.len(),
            devices: self.received,
            invoices: self.invoices,
        }
    }

    /// Everything that happens on a day, spread over the time that the shop is open.
    pub(super) async fn day(&mut self, days_ago: i64) -> Result<(), Refusal> {
        let acts = self.plan(days_ago);
        let (opens, closes) = self.hours(days_ago);
        let length = (closes - opens) / i32::try_from(acts.len().max(1)).unwrap_or(i32::MAX);
        let mut at = opens;
        let keeps_till = (1..=tills::DAYS).contains(&days_ago) && !self.is_sunday(days_ago);
        let till = match keeps_till {
            true => Some(tills::open(&self.shop.at(opens), &self.staff.ama).await?),
            false => None,
        };
        if days_ago == trade::TAXED {
            self.begin_taxes(&self.shop.at(opens)).await?;
        }
        self.preorders(days_ago, opens, closes).await?;
        for act in acts {
            let mut slot = Slot {
                at,
                step: length / 10,
            };
            self.perform(act, days_ago, &mut slot).await?;
            at += length;
        }
        // What the running server does by itself every few minutes.
        self.service(days_ago, &self.shop.at(closes - TimeDelta::minutes(1)))
            .await?;
        let evening = self.shop.at(closes);
        if days_ago == LATE_BILL_DAY
            && let Some((lot, devices)) = self.unbilled.take()
        {
            self.bill(lot, devices, ChargeKind::Duty, 21_000, &evening)
                .await?;
        }
        invoices::release_expired_holds(&evening).await?;
        if let Some(id) = till {
            tills::close(&evening, &self.staff.ama, &self.staff.kwame, id, days_ago).await?;
        }
        if days_ago == tills::DAYS + 1 {
            tills::close_books(&evening, &self.staff.kwame).await?;
        }
        Ok(())
    }

    /// The repair bench and the claims of a day.
    async fn service(&mut self, days_ago: i64, shop: &Shop) -> Result<(), Refusal> {
        let (kwame, ama, kofi) = (
            self.staff.kwame.clone(),
            self.staff.ama.clone(),
            self.staff.kofi.clone(),
        );
        let crew = service::Crew {
            kwame: &kwame,
            ama: &ama,
            kofi: &kofi,
        };
        crate::warranties::expire(shop).await?;
        let part = self.items.iter().position(|item| item.left > 15);
        let id = part.map(|n| self.items[n].id);
        let (invoices, took) = service::job(shop, &crew, days_ago, id).await?;
        if let Some(n) = part.filter(|_| took) {
            self.items[n].left -= 1;
        }
        self.invoices += invoices;
        let spare = self.shelf.last().map(|device| device.id);
        if service::claims_of(shop, &crew, days_ago, spare).await? {
            self.shelf.pop();
            self.invoices += 1;
        }
        Ok(())
    }

    /// 08:30 to 18:00; today until now.
    fn hours(&self, days_ago: i64) -> (DateTime<Utc>, DateTime<Utc>) {
        let zone = self.shop.zone();
        let date = self.now.with_timezone(&zone).date_naive() - TimeDelta::days(days_ago);
        let at = |hour, minute| {
            let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
            zone.from_local_datetime(&date.and_time(time))
                .earliest()
                .map_or(self.now, |at| at.with_timezone(&Utc))
        };
        let closes = at(18, 0).min(self.now);
        let opens = at(8, 30);
        (
            if opens < closes {
                opens
            } else {
                at(0, 0).min(closes)
            },
            closes,
        )
    }

    fn is_sunday(&self, days_ago: i64) -> bool {
        let date = self.now.with_timezone(&self.shop.zone()).date_naive() - TimeDelta::days(days_ago);
        date.weekday() == Weekday::Sun
    }

    /// What is to happen on a day.
    fn plan(&mut self, days_ago: i64) -> Vec<Act> {
        let mut acts = Vec::new();
        let gone = usize::try_from(DAYS - days_ago).unwrap_or(0);
        let known = 3 * self.scale + 7 * self.scale * gone / usize::try_from(DAYS).unwrap_or(1);
        acts.extend((self.customers.len()..known).map(|_| Act::RecordCustomer));
        for (lot, (day, size)) in LOTS.iter().enumerate() {
            if *day == days_ago {
                acts.extend((0..size * self.scale).map(|n| Act::Receive { lot, n }));
            }
        }
        if days_ago == MANIFEST.0 {
            acts.push(Act::ImportManifest);
        }
        for n in (0..self.mending.len()).rev() {
            if self.mending[n].0 >= days_ago {
                acts.push(Act::Mend(self.mending.swap_remove(n).1));
            }
        }
        let low = |item: &Item| item.row.ordered_again && item.left < 12 * times(self.scale);
        acts.extend(
            self.items
                .iter()
                .enumerate()
                .filter(|(_, item)| low(item))
                .map(|(n, _)| Act::Restock(n)),
        );
        for n in (0..self.owed.len()).rev() {
            if self.owed[n].0 >= days_ago {
                let (_, id, rest) = self.owed.swap_remove(n);
                acts.push(Act::PayRest(id, rest));
            }
        }
        if !self.is_sunday(days_ago) {
            acts.extend(
                (0..BENCH * self.scale)
                    .take(self.bench.len())
                    .map(|_| Act::WorkAtBench),
            );
        }
        if days_ago == 87 {
            acts.push(Act::CancelOldest);
        }
        let sales = self.plan_sales(days_ago);
        // Customers come when they like, not when the bench is done.
        for sale in sales {
            let place = self.dice.below(acts.len() + 1);
            acts.insert(place, sale);
        }
        acts
    }

    fn plan_sales(&mut self, days_ago: i64) -> Vec<Act> {
        let mut sales = Vec::new();
        let keep = self.scale * if days_ago < 45 { 18 } else { 6 };
        for _ in 0..self.scale {
            let (devices, items) = match days_ago {
                0 => (2, 2),
                7 => (1, 2),
                _ if self.is_sunday(days_ago) => (0, 0),
                _ => {
                    let device = self.dice.percent(35) && self.shelf.len() > keep + sales.len();
                    (usize::from(device), usize::from(self.dice.percent(35)))
                }
            };
            sales.extend((0..devices).map(|_| Act::SellDevice));
            sales.extend((0..items).map(|_| Act::SellItems));
            match days_ago {
                day if WHOLESALE.contains(&day) => sales.push(Act::SellWholesale {
                    half: ON_ACCOUNT.contains(&day),
                }),
                // Kept for a customer, and called off the next day; or forgotten until the hold runs out.
                88 | 41 => sales.push(Act::KeepForCustomer { send: false }),
                12 | 4 => sales.push(Act::TakeDeposit),
                1 => sales.push(Act::KeepForCustomer { send: true }),
                0 => sales.push(Act::KeepForCustomer { send: false }),
                _ => {}
            }
        }
        sales
    }

    async fn perform(&mut self, act: Act, days_ago: i64, slot: &mut Slot) -> Result<(), Refusal> {
        match act {
            Act::RecordCustomer => {
                let new = people::customer(self.customers.len());
                let customer = customers::create(&slot.next(&self.shop), &self.staff.ama, new).await?;
                self.customers.push(customer.id);
                Ok(())
            }
            Act::Receive { lot, n } => self.receive(lot, n, slot).await,
            Act::ImportManifest => self.import_manifest(slot).await,
            Act::WorkAtBench => match self.bench.pop_front() {
                Some(device) => self.work(device, "In the queue", days_ago, slot).await,
                None => Ok(()),
            },
            Act::Mend(device) => self.work(device, "Part replaced", days_ago, slot).await,
            Act::Restock(n) => self.restock(n, slot).await,
            Act::SellDevice => self.sell_device(slot).await,
            Act::SellItems => self.sell_items(slot).await,
            Act::SellWholesale { half } => self.sell_wholesale(half, days_ago, slot).await,
            Act::TakeDeposit => self.take_deposit(slot).await,
            Act::PayRest(id, rest) => {
                let payment = self.payment(PaymentMethod::BankTransfer, rest);
                invoices::pay(&slot.next(&self.shop), &self.staff.kwame, id, payment).await?;
                Ok(())
            }
            Act::KeepForCustomer { send } => self.keep(send, days_ago, slot).await,
            Act::CancelOldest => match self.to_cancel.take() {
                Some(id) => {
                    let why = Cancellation {
                        reason: Some(made("Bought a new one instead")),
                    };
                    invoices::cancel(&slot.next(&self.shop), &self.staff.kwame, id, why).await?;
                    Ok(())
                }
                None => Ok(()),
            },
        }
    }
}

/// Stock comes in, and is made ready.
impl Year {
    async fn receive(&mut self, lot: usize, n: usize, slot: &mut Slot) -> Result<(), Refusal> {
        let (_, size) = LOTS[lot];
        let place = n % size;
        let fate = match (lot, place) {
            (_, 2) if lot.is_multiple_of(2) => Fate::Repaired,
            (3, 5) | (8, 6) => Fate::Scrapped,
            (6, 5) => Fate::Locked,
            (9, 4) => Fate::WaitsForParts,
            _ => Fate::Sellable,
        };
        let category = match place {
            0 | 5 => Category::Phone,
            7 => Category::Accessory,
            _ => Category::Laptop,
        };
        let model = self.pick_model(category);
        let purchase = self.cost(model);
        let serial = self.serial(model);
        if n == 0 {
            let of = SUPPLIERS[lot % SUPPLIERS.len()];
            let shop = slot.next(&self.shop);
            let new = NewLot {
                supplier: Some(made(of)),
                supplier_reference: Some(made(&format!("{}-{:03}", of[..3].to_uppercase(), 101 + lot * 17))),
                expected_count: Some(counted(i32::try_from(size * self.scale).unwrap_or(i32::MAX))),
                ..NewLot::default()
            };
            self.lot = Some(lots::create(&shop, &self.staff.yaw, new).await?.lot.id);
        }
        let new = NewAsset {
            serial_number: made(&serial),
            product_model_id: self.models[model].id,
            received_date: None,
            asset_tag: None,
            supplier: Some(made(SUPPLIERS[lot % SUPPLIERS.len()])),
            purchase_cost: Some(purchase),
            landed_cost: None,
            location_id: if lot.is_multiple_of(3) {
                self.places.warehouse
            } else {
                self.places.backroom
            },
            imei_1: (category == Category::Phone).then(|| made(&imei(self.received))),
            imei_2: None,
            cosmetic_notes: None,
            battery_health_percent: None,
            battery_cycle_count: None,
            accessories_included: (category == Category::Laptop).then(|| made("Charger")),
            list_price: None,
            lot_id: self.lot,
        };
        let id = assets::receive(&slot.next(&self.shop), &self.staff.yaw, new)
            .await?
            .asset
            .id;
        let grade = self.grade();
        self.received += 1;
        self.bench.push_back(Device {
            id,
            model,
            grade,
            fate,
        });
        if let (Some(id), true) = (self.lot, n + 1 == size * self.scale) {
            let devices = i64::try_from(size * self.scale).unwrap_or(1);
            self.bill(id, devices, ChargeKind::Freight, 1_250, &slot.next(&self.shop))
                .await?;
            // The customs bill of one lot comes a month late, when some of it is sold.
            match lot {
                LATE_BILL => self.unbilled = Some((id, devices)),
                _ => {
                    self.bill(id, devices, ChargeKind::Duty, 21_000, &slot.next(&self.shop))
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// A bill for a lot, of so many pesewas or cents a device: freight in dollars by the piece, duty in cedis by value.
    async fn bill(
        &self,
        lot: LotId,
        devices: i64,
        kind: ChargeKind,
        each: i64,
        shop: &Shop,
    ) -> Result<(), Refusal> {
        let abroad = kind == ChargeKind::Freight;
        let amount = Amount::try_from(Money::from_pesewas(each * devices))
            .map_err(|error| Refusal::Internal(format!("the demo bill: {error}")))?;
        let new = NewCharge {
            kind,
            amount,
            currency: abroad.then(|| made("USD")),
            exchange_rate: abroad.then(|| made("12.4")),
            method: Some(if abroad {
                ChargeMethod::PerUnit
            } else {
                ChargeMethod::ByValue
            }),
            charge_date: None,
            supplier: Some(made(if abroad {
                "Maersk Ghana"
            } else {
                "Ghana Revenue Authority"
            })),
            reference: Some(made(&format!(
                "{}-{}",
                if abroad { "BL" } else { "BOE" },
                40_000 + lot.get() * 37
            ))),
            notes: None,
        };
        lots::charge(shop, &self.staff.yaw, lot, new).await?;
        Ok(())
    }

    /// The last lot, as the supplier's file.
    async fn import_manifest(&mut self, slot: &mut Slot) -> Result<(), Refusal> {
        let io = |error: std::io::Error| {
            Refusal::Internal(format!("the demo manifest cannot be written: {error}"))
        };
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().map_err(io)?;
        writeln!(
            file,
            "Serial Number,IMEI,Type,Brand,Model,CPU,RAM,Storage,Cost GHS"
        )
        .map_err(io)?;
        let mut devices = Vec::new();
        for n in 0..MANIFEST.1 * self.scale {
            let category = if n % MANIFEST.1 == 1 {
                Category::Phone
            } else {
                Category::Laptop
            };
            let number = self.pick_model(category);
            let serial = self.serial(number);
            let imei = if category == Category::Phone {
                imei(self.received)
            } else {
                String::new()
            };
            let cost = self.cost(number);
            let model = &self.models[number];
            let (brand, name, cpu, ram, storage) =
                (model.brand, model.model_name, model.cpu, model.ram, model.storage);
            writeln!(
                file,
                "{serial},{imei},{category},{brand},{name},{cpu},{ram},{storage},{}",
                cost.money()
            )
            .map_err(io)?;
            self.received += 1;
            devices.push((serial, number));
        }
        file.flush().map_err(io)?;
        let shop = slot.next(&self.shop);
        let options = ManifestOptions {
            mode: ImportMode::AllOrNothing,
            supplier: Some(SUPPLIERS[0].to_owned()),
            supplier_reference: Some("RET-312".to_owned()),
            location_id: self.places.warehouse,
            ..ManifestOptions::default()
        };
        let name = format!("retek-dubai-{}.csv", shop.today());
        let import = imports::import_manifest(&shop, &self.staff.yaw, file.path(), &name, &options).await?;
        if let Some(error) = import.errors.first() {
            return Err(Refusal::Internal(format!(
                "row {} of the demo manifest: {}",
                error.row, error.reason
            )));
        }
        if let Some(lot) = import.lot_ids.first() {
            let devices = i64::try_from(devices.len()).unwrap_or(1);
            let freight = ChargeKind::Freight;
            self.bill(LotId::new(*lot), devices, freight, 1_250, &slot.next(&self.shop))
                .await?;
        }
        for (n, (serial, model)) in devices.into_iter().enumerate() {
            let fate = match n % MANIFEST.1 {
                0 | 1 => Fate::Waits(AssetStatus::Received),
                2 | 3 => Fate::Waits(AssetStatus::DiagnosticsPending),
                4 | 9 => Fate::Waits(AssetStatus::WipePending),
                5 => Fate::Waits(AssetStatus::QcPending),
                6 => Fate::WaitsForParts,
                7 => Fate::Locked,
                _ => Fate::Sellable,
            };
            if fate != Fate::Waits(AssetStatus::Received) {
                let id = assets::by_serial(&shop, &self.staff.yaw, &made(&serial))
                    .await?
                    .asset
                    .id;
                let grade = self.grade();
                self.bench.push_back(Device {
                    id,
                    model,
                    grade,
                    fate,
                });
            }
        }
        Ok(())
    }

    /// Takes a device through diagnostics, wipe and quality check, as far as its fate allows.
    async fn work(
        &mut self,
        device: Device,
        why: &str,
        days_ago: i64,
        slot: &mut Slot,
    ) -> Result<(), Refusal> {
        let Device {
            id,
            model,
            grade,
            fate,
        } = device;
        let category = self.models[model].category;
        let to = |status, reason: &str| StatusChange {
            status,
            reason: Some(made(reason)),
        };
        let (kofi, yaw) = (self.staff.kofi.clone(), self.staff.yaw.clone());
        let start = to(AssetStatus::DiagnosticsPending, why);
        assets::change_status(&slot.next(&self.shop), &kofi, id, start).await?;
        if let Some(location_id) = self.places.bench {
            let there = Relocation {
                location_id,
                reason: Some(made("To the bench")),
            };
            assets::move_to(&slot.next(&self.shop), &yaw, id, there).await?;
        }
        if fate == Fate::Waits(AssetStatus::DiagnosticsPending) {
            return Ok(());
        }
        if fate == Fate::Locked {
            let locked = to(
                AssetStatus::NotSellable,
                "Locked to its former owner's account; the supplier has been asked",
            );
            assets::change_status(&slot.next(&self.shop), &kofi, id, locked).await?;
            return Ok(());
        }
        let fails = matches!(fate, Fate::Repaired | Fate::WaitsForParts | Fate::Scrapped);
        let found = self.diagnosis(category, fails).await?;
        assets::diagnose(&slot.next(&self.shop), &kofi, id, found).await?;
        match fate {
            Fate::Repaired => {
                self.mending.push((
                    days_ago - 6,
                    Device {
                        id,
                        model,
                        grade,
                        fate: Fate::Sellable,
                    },
                ));
                return Ok(());
            }
            Fate::Scrapped => {
                let gone = to(AssetStatus::Scrapped, "Board damaged by water; kept for parts");
                assets::change_status(&slot.next(&self.shop), &self.staff.kwame, id, gone).await?;
                return Ok(());
            }
            Fate::WaitsForParts | Fate::Waits(AssetStatus::WipePending) => return Ok(()),
            _ => {}
        }
        if category != Category::Accessory {
            let wipe = self.wipe(category);
            assets::record_wipe(&slot.next(&self.shop), &kofi, id, wipe).await?;
        }
        if fate == Fate::Waits(AssetStatus::QcPending) {
            return Ok(());
        }
        let looks = match grade {
            Grade::A => None,
            Grade::B => Some("Light scratches on the lid"),
            Grade::C => Some("Worn keys, dent at a corner"),
        };
        let check = QualityCheck {
            condition_grade: grade,
            cosmetic_notes: looks.map(made),
            passed: true,
            reason: None,
        };
        assets::check_quality(&slot.next(&self.shop), &kofi, id, check).await?;
        if let Some(location_id) = self.places.floor {
            let there = Relocation {
                location_id,
                reason: Some(made("Ready for the display")),
            };
            assets::move_to(&slot.next(&self.shop), &yaw, id, there).await?;
        }
        self.shelf.push(device);
        Ok(())
    }

    async fn diagnosis(&mut self, category: Category, fails: bool) -> Result<Diagnosis, Refusal> {
        const FAULTS: &[(&str, &str)] = &[
            ("display", "fail: dark line at the left edge"),
            ("keyboard", "fail: row of keys dead after a spill"),
            ("charging", "fail: port loose, charges only when held"),
            ("touch", "fail: no answer along the bottom"),
        ];
        const MARKS: &[(&str, &str)] = &[
            ("ports", "1 USB-A port is loose"),
            ("webcam", "grainy in low light"),
            ("speakers", "left one is weak"),
            ("battery", "holds two hours"),
            ("buttons", "volume key sticks"),
        ];
        let settings = self.shop.settings().await?;
        let mut findings: Map<String, Value> = assets::checklist(&settings, category)
            .into_iter()
            .map(|item| (item.key, Value::from("pass")))
            .collect();
        let noted = !fails && self.dice.percent(15);
        let remark = if fails { FAULTS } else { MARKS }
            .iter()
            .cycle()
            .skip(self.dice.below(5))
            .take(FAULTS.len() + MARKS.len());
        let remark = remark
            .filter(|_| fails || noted)
            .find(|(key, _)| findings.contains_key(*key));
        let (overall_result, notes) = match remark {
            Some((key, finding)) => {
                findings.insert((*key).to_owned(), Value::from(*finding));
                let result = if fails {
                    DiagnosticsResult::Fail
                } else {
                    DiagnosticsResult::PassWithNotes
                };
                (result, Some(finding.trim_start_matches("fail: ")))
            }
            None if fails => (DiagnosticsResult::Fail, Some("Does not start")),
            None => (DiagnosticsResult::Pass, None),
        };
        let measured = category != Category::Accessory;
        Ok(Diagnosis {
            checklist_data: serde_json::from_value(Value::Object(findings))
                .map_err(|error| Refusal::Internal(format!("a demo checklist cannot be read: {error}")))?,
            overall_result,
            notes: notes.map(made),
            battery_health_percent: measured.then(|| counted(78 + self.dice.below(22))),
            battery_cycle_count: measured.then(|| counted(60 + self.dice.below(500))),
        })
    }

    fn wipe(&mut self, category: Category) -> NewWipe {
        let (method, reference) = match (category, self.dice.below(4)) {
            (Category::Phone, _) => ("NIST 800-88 Clear", None),
            (_, 0) => (
                "Blancco",
                Some(format!("BLC-{:08}", 40_217_355 + self.received * 31)),
            ),
            (_, 1) => ("DoD 3-pass", None),
            _ => ("NIST 800-88 Purge", None),
        };
        NewWipe {
            wipe_method: made(method),
            certificate_reference: reference.as_deref().map(made),
            notes: None,
        }
    }

    async fn restock(&mut self, n: usize, slot: &mut Slot) -> Result<(), Refusal> {
        let delivery = self.items[n].row.delivery.saturating_mul(times(self.scale));
        let shop = slot.next(&self.shop);
        self.deliver(n, delivery, &shop).await
    }

    fn pick_model(&mut self, category: Category) -> usize {
        let of: Vec<usize> = (0..self.models.len())
            .filter(|n| self.models[*n].category == category)
            .collect();
        *self.dice.pick(&of)
    }

    fn grade(&mut self) -> Grade {
        match self.dice.below(100) {
            0..50 => Grade::A,
            50..85 => Grade::B,
            _ => Grade::C,
        }
    }

    /// What the supplier took: in steps of five cedis.
    fn cost(&mut self, model: usize) -> Price {
        let price = self.models[model].prices[1].pesewas();
        let share = |percent: usize| price * i64::try_from(percent).unwrap_or(0) / 100 / 500 * 500;
        let percent = 52 + self.dice.below(12);
        price_of(Money::from_pesewas(share(percent)))
    }

    /// A serial number in the maker's manner that no other device has.
    fn serial(&self, model: usize) -> String {
        const LETTERS: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXYZ2";
        // 31 letters; the multiplier shares no factor with 31, so that no two numbers meet.
        let mut number = (self.received + 1) * 15_485_863 % 887_503_681;
        let mut code = String::new();
        for _ in 0..6 {
            code.push(char::from(LETTERS[number % 31]));
            number /= 31;
        }
        match self.models[model].brand {
            "HP" => format!("5CG{code}"),
            "Dell" => format!("{code}3"),
            "Lenovo" => format!("PF{code}"),
            "Apple" => format!("C02{code}Q"),
            "Samsung" => format!("R58{code}"),
            _ => format!("1A{code}"),
        }
    }
}

/// The counter.
impl Year {
    async fn sell_device(&mut self, slot: &mut Slot) -> Result<(), Refusal> {
        if self.shelf.is_empty() {
            return self.sell_items(slot).await;
        }
        let device = self.take_device();
        let category = self.models[device.model].category;
        let mut lines = vec![self.device_line(&device, None)];
        if let Some(line) = self.item_line(Some(category)).filter(|_| self.dice.percent(60)) {
            lines.push(line);
        }
        let customer_id = self.customer(false).filter(|_| self.dice.percent(75));
        let known = customer_id.is_some();
        let premium = known && self.dice.percent(25);
        if premium {
            let line = NewLine {
                sku: Some(made(PREMIUM_SKU)),
                unit_price: Some(cedis(350)),
                ..NewLine::default()
            };
            lines.push((line, Money::from_pesewas(35_000)));
        }
        const SOURCES: &[&str] = &[
            "Instagram",
            "Walk-in",
            "Referral",
            "Campus Ambassador",
            "WhatsApp",
            "Facebook",
        ];
        let source = *self.dice.pick(SOURCES);
        let sale = NewSale {
            approval: None,
            invoice_date: None,
            back_date_reason: None,
            trade_ins: Vec::new(),
            customer_id,
            customer: None,
            customer_type: if known {
                InvoiceCustomerType::Retail
            } else {
                InvoiceCustomerType::WalkIn
            },
            lead_source: Some(made(source)),
            notes: None,
            payments: Vec::new(),
            warranty_tier: premium.then_some(WarrantyTier::PremiumOneYear),
            lines: Vec::new(),
        };
        let seller = if self.dice.percent(85) {
            self.staff.ama.clone()
        } else {
            self.staff.kwame.clone()
        };
        self.check_out(&seller, sale, lines, slot).await
    }

    async fn sell_items(&mut self, slot: &mut Slot) -> Result<(), Refusal> {
        let mut lines = Vec::new();
        for _ in 0..=self.dice.below(2) {
            lines.extend(self.item_line(None));
        }
        if lines.is_empty() {
            return Ok(());
        }
        let sale = NewSale {
            approval: None,
            invoice_date: None,
            back_date_reason: None,
            trade_ins: Vec::new(),
            customer_id: None,
            customer: None,
            customer_type: InvoiceCustomerType::WalkIn,
            lead_source: Some(made("Walk-in")),
            notes: None,
            payments: Vec::new(),
            warranty_tier: None,
            lines: Vec::new(),
        };
        let ama = self.staff.ama.clone();
        self.check_out(&ama, sale, lines, slot).await
    }

    /// Pays a sale in full, one way or another.
    async fn check_out(
        &mut self,
        seller: &Actor,
        mut sale: NewSale,
        lines: Vec<(NewLine, Money)>,
        slot: &mut Slot,
    ) -> Result<(), Refusal> {
        let shop = slot.next(&self.shop);
        let total = self.total(&shop, &lines).await?;
        sale.payments = self.tenders(total);
        sale.lines = lines.into_iter().map(|(line, _)| line).collect();
        sales::checkout(&shop, seller, sale).await?;
        self.invoices += 1;
        Ok(())
    }

    /// Three devices for a reseller, below the price that a seller may give alone.
    async fn sell_wholesale(&mut self, half: bool, days_ago: i64, slot: &mut Slot) -> Result<(), Refusal> {
        let Some(customer_id) = self.customer(true) else {
            return Ok(());
        };
        let lines: Vec<(NewLine, Money)> = (0..self.shelf.len().min(3))
            .map(|_| {
                let device = self.take_device();
                self.device_line(&device, Some(86))
            })
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        let shop = slot.next(&self.shop);
        let total = self.total(&shop, &lines).await?;
        let paid = if half {
            Money::from_pesewas(total.pesewas() / 2)
        } else {
            total
        };
        let sale = NewSale {
            approval: None,
            invoice_date: None,
            back_date_reason: None,
            trade_ins: Vec::new(),
            customer_id: Some(customer_id),
            customer: None,
            customer_type: InvoiceCustomerType::Wholesale,
            lead_source: Some(made("Referral")),
            notes: Some(made("Collects on Friday.")),
            payments: vec![self.payment(PaymentMethod::BankTransfer, paid)],
            warranty_tier: None,
            lines: lines.into_iter().map(|(line, _)| line).collect(),
        };
        let invoice = sales::checkout(&shop, &self.staff.kwame, sale).await?.invoice;
        self.invoices += 1;
        if half {
            self.owed.push((days_ago - 5, invoice.id, invoice.balance_due));
        }
        Ok(())
    }

    /// A device that a customer pays off: it stays held, and the rest is still to come.
    async fn take_deposit(&mut self, slot: &mut Slot) -> Result<(), Refusal> {
        let Some(customer_id) = self.customer(false).filter(|_| !self.shelf.is_empty()) else {
            return Ok(());
        };
        let device = self.take_device();
        let (line, price) = self.device_line(&device, None);
        let part = Money::from_pesewas(price.pesewas() * 3 / 10 / 10_000 * 10_000);
        let sale = NewSale {
            approval: None,
            invoice_date: None,
            back_date_reason: None,
            trade_ins: Vec::new(),
            customer_id: Some(customer_id),
            customer: None,
            customer_type: InvoiceCustomerType::Retail,
            lead_source: Some(made("WhatsApp")),
            notes: Some(made("Pays the rest at the end of the month.")),
            payments: vec![self.payment(PaymentMethod::MoMo, part)],
            warranty_tier: None,
            lines: vec![line],
        };
        sales::checkout(&slot.next(&self.shop), &self.staff.ama, sale).await?;
        self.invoices += 1;
        Ok(())
    }

    /// A Draft, or an invoice sent, that holds a device until its hold runs out.
    async fn keep(&mut self, send: bool, days_ago: i64, slot: &mut Slot) -> Result<(), Refusal> {
        let Some(customer_id) = self.customer(false).filter(|_| !self.shelf.is_empty()) else {
            return Ok(());
        };
        let device = self.take_device();
        let (line, _) = self.device_line(&device, None);
        let mut lines = vec![line];
        lines.extend(
            self.item_line(Some(self.models[device.model].category))
                .map(|(line, _)| line),
        );
        let new = NewInvoice {
            customer_id: Some(customer_id),
            customer: None,
            customer_type: InvoiceCustomerType::Retail,
            lead_source: Some(made("Instagram")),
            notes: None,
            lines,
            warranty_tier: None,
        };
        let id = invoices::create(&slot.next(&self.shop), &self.staff.ama, new)
            .await?
            .invoice
            .id;
        self.invoices += 1;
        if send {
            invoices::send(&slot.next(&self.shop), &self.staff.ama, id).await?;
        }
        if days_ago == 88 {
            self.to_cancel = Some(id);
        }
        Ok(())
    }

    /// One of those who are known by now: somebody who sells on, or who buys for themselves.
    fn customer(&mut self, sells_on: bool) -> Option<CustomerId> {
        let fits = |(n, _): &(usize, &CustomerId)| people::sells_on(*n) == sells_on;
        let of: Vec<CustomerId> = self
            .customers
            .iter()
            .enumerate()
            .filter(fits)
            .map(|(_, id)| *id)
            .collect();
        (!of.is_empty()).then(|| *self.dice.pick(&of))
    }

    fn take_device(&mut self) -> Device {
        let n = self.dice.below(self.shelf.len());
        self.shelf.swap_remove(n)
    }

    /// A line of a device at its list price, or at so many percent of it, in steps of ten cedis.
    fn device_line(&self, device: &Device, percent: Option<i64>) -> (NewLine, Money) {
        let list = self.models[device.model].prices[device.grade as usize];
        let price = percent.map_or(list, |p| {
            Money::from_pesewas(list.pesewas() * p / 100 / 1_000 * 1_000)
        });
        let line = NewLine {
            asset_id: Some(device.id),
            unit_price: percent.map(|_| price_of(price)),
            ..NewLine::default()
        };
        (line, price)
    }

    /// A line of an item that is there: one that goes with a device, or any.
    fn item_line(&mut self, beside: Option<Category>) -> Option<(NewLine, Money)> {
        let fits = |item: &Item| item.left > 2 && (beside.is_none() || item.row.goes_with == beside);
        let of: Vec<usize> = (0..self.items.len()).filter(|n| fits(&self.items[*n])).collect();
        if of.is_empty() {
            return None;
        }
        let item = *self.dice.pick(&of);
        let quantity = if beside.is_none() && self.dice.percent(25) {
            2
        } else {
            1
        };
        let item = &mut self.items[item];
        item.left -= quantity;
        let line = NewLine {
            bulk_stock_id: Some(item.id),
            quantity: Some(quantity.unsigned_abs()),
            ..NewLine::default()
        };
        Some((
            line,
            Money::from_pesewas(item.row.price * 100 * i64::from(quantity)),
        ))
    }

    async fn total(&self, shop: &Shop, lines: &[(NewLine, Money)]) -> Result<Money, Refusal> {
        let settings = shop.settings().await?;
        Ok(total_up(
            &settings,
            shop.today(),
            lines.iter().map(|(_, total)| *total),
            "/lines",
        )?
        .total_amount)
    }

    /// How people in Accra pay: most with cash or MoMo, many with both.
    fn tenders(&mut self, total: Money) -> Vec<NewPayment> {
        let note = if total.pesewas() > 50_000 { 5_000 } else { 1_000 };
        let rounded = |pesewas: i64| (pesewas + note - 1) / note * note;
        let cash = total.pesewas() * 6 / 10 / 10_000 * 10_000;
        match self.dice.below(100) {
            0..30 => vec![self.payment(PaymentMethod::Cash, Money::from_pesewas(rounded(total.pesewas())))],
            30..65 => vec![self.payment(PaymentMethod::MoMo, total)],
            65..88 if cash > 0 => vec![
                self.payment(PaymentMethod::Cash, Money::from_pesewas(cash)),
                self.payment(PaymentMethod::MoMo, Money::from_pesewas(total.pesewas() - cash)),
            ],
            88..96 => vec![self.payment(PaymentMethod::Card, total)],
            _ => vec![self.payment(PaymentMethod::BankTransfer, total)],
        }
    }

    fn payment(&mut self, payment_method: PaymentMethod, amount: Money) -> NewPayment {
        self.references += 1;
        let n = self.references;
        let reference = match payment_method {
            PaymentMethod::MoMo => Some(format!("{}", 20_512_000_000 + n * 104_729)),
            PaymentMethod::BankTransfer => Some(format!("GCB-FT{:08}", 31_005_000 + n * 7_919)),
            PaymentMethod::Card => Some(format!("POS {:06}", 4_500 + n * 13)),
            PaymentMethod::Cash | PaymentMethod::Other => None,
        };
        NewPayment {
            payment_date: None,
            back_date_reason: None,
            claimed: false,
            payment_method,
            amount: amount.try_into().expect("nothing in the demo shop is free"),
            reference: reference.as_deref().map(made),
            notes: None,
        }
    }
}

/// The catalogue; a larger shop has laptops with more memory and other disks too.
async fn list_models(shop: &Shop, by: &Actor, scale: usize) -> Result<Vec<Model>, Refusal> {
    let mut models = Vec::new();
    for row in MODELS {
        let others = FITTINGS
            .iter()
            .filter(|(ram, storage, _)| (*ram, *storage) != (row.ram, row.storage));
        let others = others.take(if row.category == Category::Laptop {
            scale - 1
        } else {
            0
        });
        for (ram, storage, more) in std::iter::once(&(row.ram, row.storage, 0)).chain(others) {
            let prices = row.prices.map(|price| Money::from_pesewas((price + more) * 100));
            let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let new = NewProductModel {
                category: row.category,
                brand: made(row.brand),
                model_name: made(row.model_name),
                cpu: known(row.cpu).as_deref().map(made),
                ram: known(ram).as_deref().map(made),
                storage: known(storage).as_deref().map(made),
                screen_size: known(row.screen_size).as_deref().map(made),
                gpu: None,
                operating_system: known(row.operating_system).as_deref().map(made),
                description: None,
                default_price_grade_a: Some(price_of(prices[0])),
                default_price_grade_b: Some(price_of(prices[1])),
                default_price_grade_c: Some(price_of(prices[2])),
                image_url: None,
            };
            let id = catalog::create(shop, by, new).await?.id;
            let (brand, model_name, cpu) = (row.brand, row.model_name, row.cpu);
            models.push(Model {
                id,
                category: row.category,
                brand,
                model_name,
                cpu,
                ram,
                storage,
                prices,
            });
        }
    }
    Ok(models)
}

/// Fifteen digits, the last of which proves the others.
fn imei(n: usize) -> String {
    let body = format!("35693811{:06}", n % 1_000_000);
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn cedis(whole: i64) -> Price {
    price_of(Money::from_pesewas(whole * 100))
}

fn price_of(money: Money) -> Price {
    money.try_into().expect("no price of the demo shop is negative")
}

/// The scale as a factor of quantities.
fn times(scale: usize) -> i32 {
    i32::try_from(scale).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Imei;

    #[test]
    fn imeis_hold_and_differ() {
        for n in [0, 1, 7, 42, 999_999] {
            assert!(Imei::parse(&imei(n)).is_ok(), "{}", imei(n));
        }
        assert_ne!(imei(1), imei(2));
    }
}
