//! The sale at the counter, in one transaction: customer, devices under their locks, prices, totals, payments, then the
//! invoice with its lines and payments, then its goods, its warranties, and the audit row.
//!
//! Paid in full it is Paid and its goods are sold. With less (or nothing yet) it needs a known customer: then it is Sent,
//! and its goods are held for them until the hold runs out.

use super::approval::approver;
use super::cart::{self, Cart};
use super::settle::{End, Goods, plan_warranties, settle};
use super::{BackDate, NewPayment, NewSale, back_date, total_up, trade_in};
use crate::customers::NewCustomer;
use crate::{Actor, Capability, Refusal, Settings, Shop, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use db::Fault;
use db::invoices::{Invoice, InvoiceDetail, Payment, PriceApproval};
use db::sales::{InvoiceValues, PaymentValues, SaleReferences, WarrantyValues, WrittenWarranty};
use db::warranties::{COVERAGE, EXCLUSIONS, Warranty};
use domain::invoice::payment::settle as settle_tenders;
use domain::{
    AssetId, CustomerId, InvoiceStatus, Money, PaymentMethod, PreorderId, ReturnId, Tender, Text,
    WarrantyTier,
};
use serde_json::json;

/// Sells.
pub async fn checkout(shop: &Shop, actor: &Actor, sale: NewSale) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    make(shop, actor, sale, false).await
}

/// Makes an invoice: a sale, or a Draft that holds its goods and is paid later.
pub(crate) async fn make(
    shop: &Shop,
    actor: &Actor,
    sale: NewSale,
    draft: bool,
) -> Result<InvoiceDetail, Refusal> {
    check(&sale)?;
    let settings = shop.settings().await?;
    let approver = approver(shop, actor, sale.approval.as_ref()).await?;
    let tx = shop.begin(actor).await?;
    let (tx, detail) = sell_in(tx, shop, approver, &settings, sale, draft, Vec::new()).await?;
    tx.commit(201, &detail).await?;
    Ok(detail)
}

/// What pays a sale and is no money: it pays first, as far as it goes.
pub(crate) struct Credit {
    /// At most so much; less when the sale comes to less.
    pub(crate) up_to: Money,
    /// Number of the credit note, or tag of the device.
    pub(crate) reference: String,
    /// What it is, for the receipt.
    pub(crate) notes: String,
    /// Where it comes from.
    pub(crate) source: CreditSource,
}

/// Where a [`Credit`] comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CreditSource {
    /// Goods that came back.
    Return(ReturnId),
    /// A device taken in trade.
    TradeIn(AssetId),
    /// What is held for a preorder, which holds this device.
    Preorder(PreorderId, AssetId),
}

/// Sells inside a transaction that the caller began and commits. The sale is checked already, and who approves its prices.
pub(crate) async fn sell_in(
    mut tx: Tx,
    shop: &Shop,
    approver: Option<PriceApproval>,
    settings: &Settings,
    sale: NewSale,
    draft: bool,
    mut credits: Vec<Credit>,
) -> Result<(Tx, InvoiceDetail), Refusal> {
    let today = shop.today();
    let actor = &tx.actor().clone();
    let earlier = back_date(
        actor,
        today,
        sale.invoice_date,
        sale.back_date_reason.as_ref(),
        ("/invoice_date", "/back_date_reason"),
    )?;
    let payment_days = payment_days(actor, today, &sale, earlier.as_ref())?;
    // What is sold for an earlier day is taxed and guaranteed by that day.
    let today = earlier.as_ref().map_or(today, |earlier| earlier.day);
    let (customer, lead_source) = who(&mut tx, actor, &sale).await?;
    let prices = customer.as_ref().and_then(SaleReferences::percents);
    let held = credits.iter().find_map(|credit| match credit.source {
        CreditSource::Preorder(_, device) => Some(device),
        _ => None,
    });
    let known = trade_in::lock_known(&mut tx, &sale).await?;
    let mut cart = Cart::load(&mut tx, shop, &sale.lines, prices.as_ref(), 1, "/lines", held).await?;
    let approved = cart.approve_prices(&mut tx, settings, approver).await?;
    check_warranty(&sale, &cart, customer.as_ref())?;

    let totals = total_up(
        settings,
        today,
        cart.lines.iter().map(|line| line.line_total),
        "/lines",
    )?;
    if !sale.trade_ins.is_empty() {
        let mut open = totals.total_amount;
        for credit in &credits {
            open = open
                .checked_sub(credit.up_to)
                .unwrap_or(Money::ZERO)
                .max(Money::ZERO);
        }
        trade_in::refuse_beyond(&sale.trade_ins, open)?;
        let received = trade_in::take(&mut tx, &sale.trade_ins, &known, customer.as_ref(), today).await?;
        credits.extend(received);
    }
    let (mut due, mut credited) = (totals.total_amount, Vec::new());
    for credit in credits {
        let amount = credit.up_to.min(due);
        if amount.is_positive() {
            due = due.checked_sub(amount).unwrap_or(due);
            credited.push((credit, amount));
        }
    }
    let (mut payments, balance) = tender(&sale.payments, &payment_days, due)?;
    let of_money = payments.len();
    let by_credit = |(credit, amount): &(Credit, Money)| PaymentValues {
        payment_method: PaymentMethod::Other,
        amount: *amount,
        tendered: None,
        reference: Some(credit.reference.clone()),
        notes: Some(credit.notes.clone()),
        payment_date: earlier.as_ref().map(|earlier| earlier.day),
        claimed: false,
        batch_id: None,
    };
    let (deposits, credited): (Vec<_>, Vec<_>) = credited
        .into_iter()
        .partition(|(credit, _)| matches!(credit.source, CreditSource::Preorder(..)));
    payments.extend(credited.iter().map(by_credit));
    let customer_id = customer.as_ref().and_then(|c| c.customer_id);
    let claimed = payments.iter().any(|payment| payment.claimed);
    let status = match (draft, balance.is_positive()) {
        (true, _) => InvoiceStatus::Draft,
        (false, false) if !claimed => InvoiceStatus::Paid,
        (false, _) if customer_id.is_some() => InvoiceStatus::Sent,
        (false, false) => {
            return Err(Refusal::invalid(
                "/payments",
                "A payment that is only claimed needs a name: take the customer's name and phone, and the goods are kept for them.",
            ));
        }
        (false, true) => {
            return Err(Refusal::invalid(
                "/payments",
                format!(
                    "{} is still to pay. Take the rest, or take the customer's name and phone and the goods are kept for them.",
                    balance.ghs()
                ),
            ));
        }
    };

    let head = InvoiceValues {
        customer_id,
        customer_type: sale.customer_type,
        totals: &totals,
        lead_source: lead_source.as_deref(),
        sales_rep_id: actor.user_id,
        notes: sale.notes.as_ref().and_then(Text::non_empty),
        invoice_date: earlier.as_ref().map(|earlier| earlier.day),
    };
    let mut written = match db::sales::sale_insert(tx.conn(), &head, &cart.values(), &payments).await {
        Ok(written) => written,
        Err(error) => {
            drop(tx);
            return Err(refused_payment(shop, error, &payments).await);
        }
    };

    for ((credit, _), payment) in credited.iter().zip(written.payment_ids.iter().skip(of_money)) {
        match credit.source {
            CreditSource::Return(from) => {
                db::returns::payment_from_return(tx.conn(), *payment, from).await?;
            }
            CreditSource::TradeIn(device) => {
                db::returns::payment_from_device(tx.conn(), *payment, device).await?;
            }
            CreditSource::Preorder(..) => {}
        }
    }
    for deposit in &deposits {
        if let (
            Credit {
                reference,
                notes,
                source: CreditSource::Preorder(id, _),
                ..
            },
            amount,
        ) = deposit
        {
            let payment =
                db::preorders::deposit_apply(tx.conn(), written.id, *id, *amount, reference, notes).await?;
            written.payment_ids.push(payment);
            payments.push(by_credit(deposit));
        }
    }

    let paid = status == InvoiceStatus::Paid;
    let devices = cart.devices();
    let warranties = match paid {
        true => plan_warranties(settings, today, customer_id, &devices, cart.premiums()),
        false => Vec::new(),
    };
    let goods = Goods {
        asset_ids: devices,
        stock: cart.stock(paid),
    };
    let end = End {
        invoice_id: written.id,
        status,
        gone: paid,
        customer_id,
        warranties: &warranties,
        start_date: earlier.as_ref().map(|earlier| earlier.day),
    };
    let (settled, hold_expires_at) = settle(&mut tx, shop, settings, &end, &goods).await?;

    let invoice = Invoice {
        id: written.id,
        invoice_number: written.invoice_number,
        customer_id,
        customer_name: customer
            .as_ref()
            .and_then(|c| c.business_name.clone().or_else(|| c.full_name.clone())),
        customer_phone: customer.as_ref().and_then(|c| c.phone.clone()),
        customer_type: sale.customer_type,
        invoice_date: written.invoice_date,
        status,
        subtotal: totals.subtotal,
        tax_amount: totals.tax_amount,
        total_amount: totals.total_amount,
        tax_mode: totals.tax_mode.to_owned(),
        tax_lines: totals.tax_lines.clone(),
        amount_paid: totals.total_amount.checked_sub(balance).unwrap_or(Money::ZERO),
        amount_refunded: Money::ZERO,
        amount_credited: Money::ZERO,
        credit_due: Money::ZERO,
        balance_due: balance,
        lead_source: lead_source.clone(),
        sales_rep_id: actor.user_id,
        sales_rep_name: actor.user_id.map(|_| actor.full_name.clone()),
        hold_expires_at,
        due_date: settled.due_date,
        goods_released_at: None,
        cancelled_reason: None,
        check_code: written.check_code,
        notes: head.notes.map(str::to_owned),
        created_at: written.created_at,
        updated_at: settled.updated_at,
    };
    let warranties = given(
        &invoice,
        &cart,
        customer.as_ref(),
        warranties,
        settled.warranties,
        settled.updated_at,
    );
    let taken = |(payment, id)| taken(payment, id, shop.today(), &invoice, actor);
    let payments = payments.into_iter().zip(written.payment_ids).map(taken).collect();
    let mut detail = InvoiceDetail::new(invoice, cart.written(written.line_ids), payments, warranties);
    if let Some(approval) = approved {
        db::invoices::price_approval_insert(tx.conn(), detail.invoice.id, &approval).await?;
        let after = json!({"price_approval": approval, "lines": detail.lines});
        let id = detail.invoice.id.get();
        tx.audit("sale.approve_price", "invoices", id, None, Some(after))
            .await?;
        detail.price_approval = Some(approval);
    }

    if let Some(earlier) = &earlier {
        earlier
            .audit(&mut tx, "sale.back_date", detail.invoice.id)
            .await?;
    }
    let action = if draft { "invoice.create" } else { "sale.checkout" };
    tx.audit(
        action,
        "invoices",
        detail.invoice.id.get(),
        None,
        Some(json!(detail)),
    )
    .await?;
    Ok((tx, detail))
}

/// What needs no database.
pub(crate) fn check(sale: &NewSale) -> Result<(), Refusal> {
    cart::check(&sale.lines, "/lines")?;
    trade_in::check(&sale.trade_ins)?;
    if sale.customer_id.is_some() && sale.customer.is_some() {
        return Err(Refusal::invalid(
            "/customer",
            "Name the customer once: by customer_id, or as a new one.",
        ));
    }
    if sale.payments.len() > 50 {
        return Err(Refusal::invalid("/payments", "A sale takes at most 50 payments."));
    }
    let key = |p: &NewPayment| {
        let reference = p.reference.as_ref().and_then(Text::non_empty)?;
        matches!(
            p.payment_method,
            PaymentMethod::MoMo | PaymentMethod::BankTransfer
        )
        .then(|| (p.payment_method, reference_key(reference)))
    };
    for (n, payment) in sale.payments.iter().enumerate() {
        if let Some(mine) = key(payment)
            && sale.payments[..n]
                .iter()
                .filter_map(key)
                .any(|other| other == mine)
        {
            let text = "This reference stands on another payment of this sale: each transfer has its own.";
            return Err(Refusal::invalid(format!("/payments/{n}/reference"), text));
        }
    }
    Ok(())
}

/// References are the same whatever their case and blanks.
fn reference_key(reference: &str) -> String {
    reference
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

/// The customer, found or recorded, and the lead source.
async fn who(
    tx: &mut Tx,
    actor: &Actor,
    sale: &NewSale,
) -> Result<(Option<SaleReferences>, Option<String>), Refusal> {
    let lead_source = sale.lead_source.as_ref().and_then(Text::non_empty);
    let mut customer_id = sale.customer_id;
    if let Some(new) = &sale.customer {
        customer_id = Some(customer_in_place(tx, actor, new).await?);
    }
    if customer_id.is_none() && lead_source.is_none() {
        return Ok((None, None));
    }
    let found = db::sales::sale_references(tx.conn(), customer_id, lead_source).await?;
    if !found.lead_source_known {
        let name = lead_source.unwrap_or_default();
        let text = format!("There is no active lead source {name}: choose one of the list.");
        return Err(Refusal::invalid("/lead_source", text));
    }
    if customer_id.is_some() && found.customer_id.is_none() {
        return Err(Refusal::invalid(
            "/customer_id",
            "There is no such customer. Find the customer again, or record a new one.",
        ));
    }
    Ok((customer_id.map(|_| found), lead_source.map(str::to_owned)))
}

/// The active customer with this phone, or a new one.
pub(crate) async fn customer_in_place(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewCustomer,
) -> Result<CustomerId, Refusal> {
    actor.require(Capability::EditCustomers)?;
    let phone = new.phone.to_string();
    db::sales::phone_lock(tx.conn(), &phone).await?;
    if let Some(known) = db::customers::customers_by_phone(tx.conn(), &phone)
        .await?
        .first()
    {
        return Ok(known.id);
    }
    let customer = db::customers::customer_insert(tx.conn(), &new.clone().into()).await?;
    tx.audit(
        "customer.create",
        "customers",
        customer.id.get(),
        None,
        Some(json!(customer)),
    )
    .await?;
    Ok(customer.id)
}

/// Whether the warranty that is asked for can be given.
fn check_warranty(sale: &NewSale, cart: &Cart, customer: Option<&SaleReferences>) -> Result<(), Refusal> {
    let (devices, premiums) = (cart.devices().len(), cart.premiums());
    if sale.warranty_tier.is_none() && premiums == 0 {
        return Ok(());
    }
    if devices == 0 && sale.warranty_tier.is_some() {
        return Err(Refusal::invalid(
            "/warranty_tier",
            "There is no device on this sale that a warranty could be for.",
        ));
    }
    if customer.is_none() {
        let text = "A warranty needs its holder: take the customer's name and phone.";
        return Err(Refusal::invalid("/customer", text));
    }
    if sale.warranty_tier == Some(WarrantyTier::PremiumOneYear) && premiums < devices {
        let text = format!(
            "A Premium 1-Year warranty is sold beside each device: add {} of {} to the sale.",
            devices - premiums,
            super::PREMIUM_SKU
        );
        return Err(Refusal::invalid("/warranty_tier", text));
    }
    Ok(())
}

/// The days of a sale's payments, where they are not today: its own day unless a payment says another.
fn payment_days(
    actor: &Actor,
    today: NaiveDate,
    sale: &NewSale,
    earlier: Option<&BackDate>,
) -> Result<Vec<Option<NaiveDate>>, Refusal> {
    let one = |(n, payment): (usize, &NewPayment)| {
        let fields = (
            format!("/payments/{n}/payment_date"),
            format!("/payments/{n}/back_date_reason"),
        );
        let reason = payment
            .back_date_reason
            .as_ref()
            .filter(|r| r.non_empty().is_some())
            .or(sale.back_date_reason.as_ref());
        let Some(day) = payment.payment_date else {
            return Ok(earlier.map(|earlier| earlier.day));
        };
        let own = back_date(actor, today, Some(day), reason, (&fields.0, &fields.1))?;
        Ok(own.map(|own| own.day))
    };
    sale.payments.iter().enumerate().map(one).collect()
}

/// What is recorded of the payments, and what is left to pay. `days` are their days where they are not today.
pub(crate) fn tender(
    payments: &[NewPayment],
    days: &[Option<NaiveDate>],
    due: Money,
) -> Result<(Vec<PaymentValues>, Money), Refusal> {
    let tenders: Vec<Tender> = payments
        .iter()
        .map(|p| Tender {
            payment_method: p.payment_method,
            amount: p.amount.money(),
            reference: p.reference.as_ref().and_then(Text::non_empty).map(str::to_owned),
        })
        .collect();
    let wire = |p: &NewPayment| {
        matches!(
            p.payment_method,
            PaymentMethod::MoMo | PaymentMethod::BankTransfer
        )
    };
    if let Some(n) = payments.iter().position(|p| p.claimed && !wire(p)) {
        return Err(Refusal::invalid(
            format!("/payments/{n}/claimed"),
            super::CLAIM_BY_WIRE,
        ));
    }
    let settled = settle_tenders(due, &tenders).map_err(|refused| vec![refused.at("/payments")])?;
    let mut recorded: Vec<PaymentValues> = settled
        .recorded
        .into_iter()
        .zip(payments)
        .enumerate()
        .map(|(n, (tender, given))| PaymentValues {
            payment_date: days.get(n).copied().flatten(),
            payment_method: tender.payment_method,
            amount: tender.amount,
            tendered: Some(given.amount.money()).filter(|given| *given > tender.amount),
            reference: tender.reference,
            claimed: given.claimed,
            batch_id: None,
            notes: given.notes.as_ref().and_then(Text::non_empty).map(str::to_owned),
        })
        .collect();
    // Two sales with the same two references wait for each other in one order, not in a circle.
    recorded.sort_by_cached_key(|p| {
        p.reference
            .as_deref()
            .map(|r| (p.payment_method, reference_key(r)))
    });
    Ok((recorded, settled.balance))
}

/// Why a payment was refused: when its reference paid another invoice, that one is named. The transaction is over.
pub(crate) async fn refused_payment(shop: &Shop, error: sqlx::Error, payments: &[PaymentValues]) -> Refusal {
    let fault = Fault::from(error);
    if !matches!(&fault, Fault::Refused { constraint, .. } if constraint == "idx_payments_reference") {
        return fault.into();
    }
    let Ok(mut conn) = shop.read().await else {
        return fault.into();
    };
    for payment in payments {
        let Some(reference) = &payment.reference else {
            continue;
        };
        if let Ok(Some(number)) =
            db::invoices::reference_holder(&mut conn, payment.payment_method, reference).await
        {
            return Refusal::conflict(
                "reference_used",
                format!(
                    "The {} reference {reference} paid {number} already: ask the customer for the message of this payment.",
                    payment.payment_method
                ),
            );
        }
    }
    fault.into()
}

fn taken(
    payment: PaymentValues,
    id: domain::PaymentId,
    today: NaiveDate,
    invoice: &Invoice,
    actor: &Actor,
) -> Payment {
    Payment {
        id,
        payment_date: payment.payment_date.unwrap_or(today),
        payment_method: payment.payment_method,
        amount: payment.amount,
        tendered: payment.tendered,
        reference: payment.reference,
        notes: payment.notes,
        received_by: actor.user_id,
        received_by_name: actor.user_id.map(|_| actor.full_name.clone()),
        claimed: payment.claimed,
        rejected: false,
        batch_id: None,
        created_at: invoice.created_at,
    }
}

fn given(
    invoice: &Invoice,
    cart: &Cart,
    customer: Option<&SaleReferences>,
    planned: Vec<WarrantyValues>,
    written: Vec<WrittenWarranty>,
    at: DateTime<Utc>,
) -> Vec<Warranty> {
    let Some((customer_id, customer)) = customer.and_then(|c| Some((c.customer_id?, c))) else {
        return Vec::new();
    };
    let start_date: NaiveDate = invoice.invoice_date;
    let warranty = |(plan, row): (WarrantyValues, WrittenWarranty)| {
        let line = cart
            .lines
            .iter()
            .find(|line| line.values.asset_id == Some(plan.asset_id));
        let premium = plan.warranty_tier == WarrantyTier::PremiumOneYear;
        Warranty {
            id: row.id,
            warranty_number: row.warranty_number,
            invoice_id: invoice.id,
            invoice_number: invoice.invoice_number.clone(),
            asset_id: Some(plan.asset_id),
            asset_tag: line.map(|line| line.code.clone()),
            serial_number: line.and_then(|line| line.serial_number.clone()),
            item_description: line.map(|line| line.values.item_description.clone()),
            customer_id,
            customer_name: customer.full_name.clone().unwrap_or_default(),
            warranty_tier: plan.warranty_tier,
            start_date,
            end_date: plan.end_date,
            coverage_details: Some(COVERAGE.to_owned()),
            exclusions: Some(EXCLUSIONS.to_owned()),
            includes_accessories: premium,
            includes_certificate: premium,
            includes_premium_boxing: premium,
            status: domain::WarrantyStatus::Active,
            void_reason: None,
            replaces_warranty_id: None,
            check_code: row.check_code,
            created_at: at,
            updated_at: at,
        }
    };
    planned.into_iter().zip(written).map(warranty).collect()
}
