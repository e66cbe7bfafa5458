//! What is on the paper: read from the laid out pages, before they become a PDF.

use serde::Serialize;
use typst::layout::{Frame, FrameItem, Point};
use typst_layout::PagedDocument;

use crate::press::{Job, Template};
use crate::{
    InvoiceDoc, InvoiceLine, WarrantyDoc, WipeCertificateDoc, invoice, qr_svg, receipt, warranty_certificate,
    wipe_certificate,
};

const NASTY: [&str; 9] = [
    "#eval(\"x\")",
    "*_$\\ `raw` // /* <label> @ref [x] = - + ~ -- --- ... 'a' \"b\"",
    "#import \"/document.json\" #panic()",
    "</svg><script>alert(1)</script>&amp;%s{{7*7}}",
    "\u{202e}evil\u{202c}\0\u{7}\u{1b}[31m",
    "Ama \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{5317}\u{4eac} \u{627}\u{644}\u{639} Z\u{351}\u{36b}\u{343}",
    "-> => != 3x4 fi ffi 1/2 (c)",
    "",
    "\n\n\n",
];

fn pages<T: Serialize>(job: &Job<'_, T>) -> PagedDocument {
    let (world, laid_out) = job.lay_out().expect("the texts are plain");
    assert!(
        laid_out.warnings.is_empty(),
        "{}",
        world.explain(&laid_out.warnings)
    );
    laid_out
        .output
        .unwrap_or_else(|e| panic!("{}", world.explain(&e)))
}

/// All text of one page, in the order in which it is drawn, with the places to break taken out.
fn text_of(frame: &Frame) -> String {
    let mut found = String::new();
    each_text(frame, Point::zero(), true, &mut |_, text| {
        found.push_str(text);
        found.push(' ');
    });
    found.replace(['\u{200b}'], "")
}

fn each_text(frame: &Frame, origin: Point, read_clipped: bool, read: &mut impl FnMut(Point, &str)) {
    for (place, item) in frame.items() {
        match item {
            // What a clip cuts off is not on the paper.
            FrameItem::Group(group) if group.clip.is_some() && !read_clipped => {}
            FrameItem::Group(group) => each_text(&group.frame, origin + *place, read_clipped, read),
            FrameItem::Text(text) => {
                read(origin + *place, &text.text);
                read(origin + *place + Point::with_x(text.width()), "");
            }
            _ => {}
        }
    }
}

fn all_text(document: &PagedDocument) -> String {
    document.pages().iter().map(|page| text_of(&page.frame)).collect()
}

/// Spaces at the ends of lines are not drawn: compare without any.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[track_caller]
fn assert_on_paper(document: &PagedDocument, texts: &[&str]) {
    let paper = squeezed(&all_text(document));
    for text in texts {
        assert!(
            paper.contains(&squeezed(text)),
            "{text:?} is not on the paper: {paper}"
        );
    }
}

#[track_caller]
fn assert_within_the_paper(document: &PagedDocument) {
    for (number, page) in document.pages().iter().enumerate() {
        let size = page.frame.size();
        each_text(&page.frame, Point::zero(), false, &mut |at, text| {
            let inside = at.x.to_pt() >= 0.0 && at.x <= size.x && at.y.to_pt() >= 0.0 && at.y <= size.y;
            assert!(
                inside,
                "{text:?} is drawn at {at:?}, outside page {} of {size:?}",
                number + 1
            );
        });
    }
}

fn invoice_pages(doc: &InvoiceDoc) -> PagedDocument {
    pages(&crate::invoice::job(Template::Invoice, doc))
}

fn receipt_pages(doc: &InvoiceDoc) -> PagedDocument {
    pages(&crate::invoice::job(Template::Receipt, doc))
}

#[test]
fn an_invoice_says_everything() {
    let document = invoice_pages(&InvoiceDoc::sample());
    assert_eq!(document.pages().len(), 1);
    assert_on_paper(
        &document,
        &[
            "Payless4Tech",
            "14 Ring Road Central, Kokomlemle, Accra",
            "+233 24 412 0087",
            "TIN C0001234567",
            "INV-000412",
            "Tue 14 Jan 2025, 10:42",
            "Paid",
            "Kwabena Ɔsei Asante",
            "Abena Owusu",
            "HP EliteBook 840 G5",
            "Core i5-8350U",
            "5CG8420Q0B",
            "P4T-000123",
            "4,500.00",
            "GETFund 2.5%",
            "GH₵ 5,952.00",
            "MP250114.1042.C03311",
            "GH₵ 48.00",
            "Balance due",
            "WAR-000088",
            "Laptop bag",
            "within 7 days",
            "https://hub.payless4tech.example/check/INV-000412?k=7Q2mZx9d",
            "Page 1 of 1",
        ],
    );
    assert!(!all_text(&document).contains("DRAFT"));
}

#[test]
fn a_receipt_says_everything_on_one_page() {
    let document = receipt_pages(&InvoiceDoc::sample());
    assert_eq!(document.pages().len(), 1);
    assert_on_paper(
        &document,
        &[
            "Payless4Tech",
            "Receipt",
            "INV-000412",
            "Kwabena Ɔsei Asante",
            "5CG8420Q0B",
            "2 × 180.00",
            "VAT 15%",
            "GH₵ 5,952.00",
            "Paid by MoMo",
            "MP250114.1042.C03311",
            "Cash given",
            "Change GH₵ 48.00",
            "Balance due GH₵ 0.00",
            "https://hub.payless4tech.example/check/INV-000412?k=7Q2mZx9d",
        ],
    );
}

#[test]
fn a_till_report_says_everything_on_both_papers() {
    let doc = crate::TillReportDoc::sample();
    for template in [Template::TillReport, Template::TillReportRoll] {
        let paper = pages(&crate::till_report::job(template, &doc));
        assert_eq!(paper.pages().len(), 1, "{template:?}");
        assert_on_paper(
            &paper,
            &[
                "Z-000042",
                "Abena Owusu",
                "Tue 14 Jan 2025, 08:02",
                "INV-000404 – INV-000412",
                "2,952.00",
                "3,082.00",
                "3,077.00",
                "-5.00",
                "Petrol for the generator",
                "200 note",
                "2,800.00",
                "A customer was given one note too many as change.",
            ],
        );
    }
}

#[test]
fn a_preorders_papers_say_everything() {
    let doc = crate::PreorderDoc::sample();
    let said = [
        "Payless4Tech",
        "PRE-000012",
        "14 Jan 2025",
        "Kwabena Ɔsei Asante",
        "ThinkPad X1 Carbon, 16 GB, 512 GB SSD",
        "GH₵ 500.00",
        "Paid by MoMo on 14 Jan 2025",
        "MP250114.1102.C00417",
        "By 4 Feb 2025",
    ];
    let agreement = pages(&crate::preorder::job(
        Template::PreorderAgreement,
        "Preorder agreement",
        &doc,
    ));
    assert_eq!(agreement.pages().len(), 1);
    assert_on_paper(&agreement, &said);
    assert_on_paper(
        &agreement,
        &[
            "+233 20 555 0143",
            "Lenovo ThinkPad X1 Carbon Gen 9, grade A",
            "GH₵ 6,500.00",
            "Customer owes any shortfall.",
            "Ama Mensah",
        ],
    );
    let receipt = pages(&crate::preorder::job(
        Template::DepositReceipt,
        "Deposit receipt",
        &doc,
    ));
    assert_eq!(receipt.pages().len(), 1);
    assert_on_paper(&receipt, &said);
    // Nothing that is not there leaves its name behind, and long or odd words stay on the paper.
    let mut bare = doc.clone();
    (
        bare.customer_phone,
        bare.model,
        bare.price,
        bare.deposit_reference,
        bare.notes,
        bare.served_by,
    ) = (None, None, None, None, None, None);
    for (template, name) in [
        (Template::PreorderAgreement, "Preorder agreement"),
        (Template::DepositReceipt, "Deposit receipt"),
    ] {
        assert_within_the_paper(&pages(&crate::preorder::job(template, name, &bare)));
        for text in NASTY {
            let mut odd = doc.clone();
            odd.wanted = format!("{text} {}", "very-long-word-".repeat(30));
            odd.customer_name = text.into();
            odd.policy = format!("{text}\n\n{}", "Terms and terms. ".repeat(120));
            odd.notes = Some(text.into());
            assert_within_the_paper(&pages(&crate::preorder::job(template, name, &odd)));
        }
    }
}

#[test]
fn a_preorders_settlement_says_who_owes_whom() {
    let doc = crate::PreorderSettlementDoc::sample();
    let paper = pages(&crate::preorder_settlement::job(&doc));
    assert_eq!(paper.pages().len(), 1);
    assert_on_paper(
        &paper,
        &[
            "Payless4Tech",
            "PRE-000012",
            "20 Feb 2025",
            "Kwabena Ɔsei Asante",
            "+233 20 555 0143",
            "ThinkPad X1 Carbon, 16 GB, 512 GB SSD",
            "P4T-000412",
            "he wanted a larger screen after all",
            "Price agreed",
            "6,500.00",
            "INV-000731",
            "6,200.00",
            "Kept of the deposit",
            "The shop pays back to the customer",
            "GH₵ 200.00",
            "Paid back by MoMo on 20 Feb 2025",
            "MP250114.1102.C00417",
            "Customer owes any shortfall.",
            "Kwame Boateng",
        ],
    );
    let mut bare = doc.clone();
    (bare.customer_phone, bare.device, bare.amount, bare.served_by) = (None, None, None, None);
    bare.money.clear();
    let paper = pages(&crate::preorder_settlement::job(&bare));
    assert_within_the_paper(&paper);
    for absent in ["Arrived:", "Money that moved"] {
        assert!(!all_text(&paper).contains(absent), "{absent}");
    }
    for text in NASTY {
        let mut odd = doc.clone();
        odd.wanted = format!("{text} {}", "very-long-word-".repeat(30));
        (odd.customer_name, odd.rejected, odd.state) = (text.into(), text.repeat(40), text.into());
        odd.device = Some(text.into());
        odd.money[0].how = format!("MoMo {}", "X".repeat(100));
        odd.policy = format!("{text}\n\n{}", "Terms and terms. ".repeat(120));
        assert_within_the_paper(&pages(&crate::preorder_settlement::job(&odd)));
    }
}

#[test]
fn certificates_say_everything() {
    let wipe = pages(&crate::wipe_certificate::job(&WipeCertificateDoc::sample()));
    assert_eq!(wipe.pages().len(), 1);
    assert_on_paper(
        &wipe,
        &[
            "Certificate of data erasure",
            "HP EliteBook 840 G5",
            "5CG8420Q0B",
            "P4T-000123",
            "NIST 800-88",
            "BLC-2025-0109-77431",
            "Yaw Boateng",
            "9 January 2025",
            "Signature",
        ],
    );
    let warranty = pages(&crate::warranty_certificate::job(&WarrantyDoc::sample()));
    assert_eq!(warranty.pages().len(), 1);
    assert_on_paper(
        &warranty,
        &[
            "WAR-000088",
            "PREMIUM 1-YEAR",
            "Kwabena Ɔsei Asante",
            "14 January 2025",
            "14 January 2026",
            "5CG8420Q0B",
            "INV-000412",
            "Hardware defects",
            "battery wear",
            "Accessories included",
            "Premium box included",
            "https://hub.payless4tech.example/check/WAR-000088?k=Zr0b7TqE",
        ],
    );
}

#[test]
fn what_is_not_given_leaves_no_label_behind() {
    let mut doc = InvoiceDoc::sample();
    doc.customer = None;
    doc.served_by = None;
    doc.payments.clear();
    doc.cash_given = None;
    doc.change_given = None;
    doc.warranty_notes.clear();
    doc.notes = None;
    doc.policy = None;
    doc.check_url = None;
    doc.taxes.clear();
    doc.subtotal.clone_from(&doc.total);
    doc.shop.tin = None;
    doc.shop.email = None;
    for document in [invoice_pages(&doc), receipt_pages(&doc)] {
        let text = all_text(&document);
        for label in [
            "Served by",
            "Paid by",
            "Change",
            "Warranty ",
            "Notes",
            "Terms",
            "Scan",
            "Subtotal",
            "TIN",
        ] {
            assert!(!text.contains(label), "{label} is printed for nothing: {text}");
        }
    }
    assert_on_paper(&invoice_pages(&doc), &["Walk-in customer"]);

    let standard = WarrantyDoc {
        includes_accessories: false,
        includes_certificate: false,
        includes_premium_boxing: false,
        ..WarrantyDoc::sample()
    };
    assert!(!all_text(&pages(&crate::warranty_certificate::job(&standard))).contains("included"));
}

#[test]
fn a_paper_that_proves_nothing_says_so() {
    for (status, across, bar) in [
        ("Draft", "DRAFT", "Draft"),
        ("Cancelled", "CANCELLED", "Cancelled"),
        ("Refunded", "REFUNDED", "Refunded"),
    ] {
        let doc = InvoiceDoc {
            status: status.into(),
            ..InvoiceDoc::sample()
        };
        assert_on_paper(&invoice_pages(&doc), &[across]);
        assert_on_paper(&receipt_pages(&doc), &[bar]);
        assert!(
            !all_text(&receipt_pages(&doc)).contains("Receipt"),
            "{status} is no receipt"
        );
    }
    let sent = InvoiceDoc {
        status: "Sent".into(),
        ..InvoiceDoc::sample()
    };
    assert_on_paper(&receipt_pages(&sent), &["Not fully paid"]);
    for status in ["Void", "Expired"] {
        let doc = WarrantyDoc {
            status: status.into(),
            ..WarrantyDoc::sample()
        };
        assert_on_paper(
            &pages(&crate::warranty_certificate::job(&doc)),
            &[&status.to_uppercase()],
        );
    }
}

#[test]
fn sixty_lines_span_pages_under_a_repeated_head() {
    let mut doc = InvoiceDoc::sample();
    doc.lines = (1..=60)
        .map(|number| InvoiceLine {
            description: format!("Device number {number}."),
            ..doc.lines[0].clone()
        })
        .collect();
    let document = invoice_pages(&doc);
    let count = document.pages().len();
    assert!((3..=6).contains(&count), "{count} pages");
    for (at, page) in document.pages().iter().enumerate() {
        let text = text_of(&page.frame);
        assert_eq!(
            text.contains("Device number"),
            text.contains("Qty"),
            "page {}: {text}",
            at + 1
        );
        assert!(
            squeezed(&text).contains(&format!("Page{}of{count}", at + 1)),
            "{text}"
        );
    }
    for number in 1..=60 {
        assert_on_paper(&document, &[&format!("Device number {number}.")]);
    }

    let short = receipt_pages(&InvoiceDoc::sample());
    let long = receipt_pages(&doc);
    assert_eq!(long.pages().len(), 1);
    assert_eq!(long.pages()[0].frame.width(), short.pages()[0].frame.width());
    assert!(long.pages()[0].frame.height() > short.pages()[0].frame.height() * 4.0);
}

/// The same text in each field that a person can type into.
fn invoice_of(text: &str) -> InvoiceDoc {
    let mut doc = InvoiceDoc::sample();
    let some = || Some(text.to_owned());
    (doc.shop.name, doc.shop.address, doc.shop.phone) = (text.into(), text.into(), text.into());
    (doc.shop.email, doc.shop.tin, doc.served_by, doc.notes, doc.policy) =
        (some(), some(), some(), some(), some());
    (doc.number, doc.status, doc.due_date) = (text.into(), text.into(), some());
    let customer = doc.customer.as_mut().expect("the sample has a customer");
    customer.name = text.into();
    (customer.phone, customer.email, customer.address, customer.tin) = (some(), some(), some(), some());
    for line in &mut doc.lines {
        line.description = text.into();
        (line.detail, line.serial_number, line.asset_tag) = (some(), some(), some());
    }
    for tax in &mut doc.taxes {
        tax.name = text.into();
    }
    for payment in &mut doc.payments {
        payment.method = text.into();
        (payment.reference, payment.note) = (some(), some());
    }
    doc.warranty_notes = vec![text.into(); 2];
    doc.check_url = some();
    doc
}

fn wipe_of(text: &str) -> WipeCertificateDoc {
    let some = || Some(text.to_owned());
    WipeCertificateDoc {
        device: text.into(),
        specs: some(),
        serial_number: text.into(),
        asset_tag: text.into(),
        wipe_method: text.into(),
        certificate_reference: some(),
        technician: text.into(),
        wipe_date: text.into(),
        notes: some(),
        check_url: some(),
        ..WipeCertificateDoc::sample()
    }
}

fn warranty_of(text: &str) -> WarrantyDoc {
    let some = || Some(text.to_owned());
    WarrantyDoc {
        warranty_number: text.into(),
        status: text.into(),
        warranty_tier: text.into(),
        customer_name: text.into(),
        customer_phone: some(),
        device: some(),
        specs: some(),
        serial_number: some(),
        asset_tag: some(),
        invoice_number: text.into(),
        start_date: text.into(),
        end_date: text.into(),
        coverage: text.into(),
        exclusions: text.into(),
        how_to_claim: some(),
        check_url: some(),
        ..WarrantyDoc::sample()
    }
}

#[test]
fn hostile_texts_are_printed_as_they_are() {
    for text in NASTY {
        let printed = crate::plain_text::printable(text);
        let (invoice_doc, wipe_doc, warranty_doc) = (invoice_of(text), wipe_of(text), warranty_of(text));
        let documents = [
            invoice_pages(&invoice_doc),
            receipt_pages(&invoice_doc),
            pages(&crate::wipe_certificate::job(&wipe_doc)),
            pages(&crate::warranty_certificate::job(&warranty_doc)),
        ];
        for document in &documents {
            assert_on_paper(document, &[&printed.replace('\u{200b}', "")]);
            assert_within_the_paper(document);
        }
        for pdf in [
            invoice(&invoice_doc),
            receipt(&invoice_doc),
            wipe_certificate(&wipe_doc),
            warranty_certificate(&warranty_doc),
        ] {
            assert!(pdf.expect("it prints").starts_with(b"%PDF-"), "{text:?}");
        }
    }
}

#[test]
fn endless_texts_stay_on_the_paper() {
    let unbroken = "W".repeat(5_000);
    let words = "Nana Akosua Serwaa ".repeat(260);
    let url = format!("https://hub.example/{}", "a".repeat(5_000));
    for text in [&unbroken, &words, &url] {
        let mut one_name = InvoiceDoc::sample();
        one_name
            .customer
            .as_mut()
            .expect("the sample has a customer")
            .name
            .clone_from(text);
        one_name.lines[0].description.clone_from(text);
        one_name.lines[0].serial_number = Some(text.clone());
        one_name.check_url = Some(text.clone());
        let everything = invoice_of(text);
        for document in [
            invoice_pages(&one_name),
            receipt_pages(&one_name),
            receipt_pages(&everything),
            pages(&crate::wipe_certificate::job(&wipe_of(text))),
            pages(&crate::warranty_certificate::job(&warranty_of(text))),
        ] {
            assert_within_the_paper(&document);
            assert!(document.pages().len() < 60, "{} pages", document.pages().len());
        }
        assert!(invoice(&everything).is_ok());
    }
}

#[test]
fn the_same_document_is_the_same_bytes_also_on_many_threads() {
    let doc = InvoiceDoc::sample();
    let (first, roll) = (
        invoice(&doc).expect("it prints"),
        receipt(&doc).expect("it prints"),
    );
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert!(invoice(&doc).expect("it prints") == first);
                    assert!(receipt(&doc).expect("it prints") == roll);
                }
            });
        }
    });
    typst::comemo::evict(0);
    assert!(invoice(&doc).expect("it prints") == first);
    let other = InvoiceDoc {
        number: "INV-000413".into(),
        ..doc
    };
    assert!(invoice(&other).expect("it prints") != first);
}

#[test]
fn the_pdf_carries_title_and_time() {
    let pdf = invoice(&InvoiceDoc::sample()).expect("it prints");
    let metadata = String::from_utf8_lossy(&pdf);
    assert!(metadata.contains("Invoice INV-000412, Payless4Tech"));
    assert!(metadata.contains("BizHub"));
    assert!(metadata.contains("2025-01-14T10:42:00"));
}

#[test]
fn a_qr_code_is_an_element_of_its_own_shape() {
    let svg = qr_svg("https://hub.payless4tech.example/check/INV-000412").expect("it fits");
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>"));
    // Version 4 has 33 modules a side, and four of quiet zone around.
    assert!(svg.contains("viewBox=\"0 0 41 41\""), "{svg}");
    // The finder in the upper left corner begins with a run of seven.
    assert!(svg.contains("\"M4 4h7v1h-7z"), "{svg}");
    assert_eq!(
        svg,
        qr_svg("https://hub.payless4tech.example/check/INV-000412").expect("it fits")
    );
    assert!(qr_svg(&"a".repeat(2_953)).is_ok());
    assert!(qr_svg(&"a".repeat(2_954)).is_err());
    // Without a code, the address is still there.
    let doc = InvoiceDoc {
        check_url: Some(format!("https://hub.example/{}", "a".repeat(2_954))),
        ..InvoiceDoc::sample()
    };
    assert_on_paper(&invoice_pages(&doc), &["https://hub.example/aaaa"]);
}

#[test]
fn a_repair_slip_prints_any_text_as_it_is() {
    for nasty in NASTY {
        let doc = crate::RepairSlipDoc {
            shop: crate::Shop::sample(),
            heading: "Repair intake".into(),
            ticket_number: "TKT-000001".into(),
            lead: nasty.into(),
            facts: vec![("Fault".into(), nasty.into()), ("Nothing".into(), String::new())],
            lines: vec![crate::RepairSlipLine {
                name: nasty.into(),
                quantity: "1".into(),
                amount: "100.00".into(),
            }],
            sums: vec![("Total".into(), "GH₵ 100.00".into())],
            terms: vec![nasty.into()],
            shop_signs: nasty.into(),
            customer_signs: nasty.into(),
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        let laid_out = pages(&crate::repair_slip::job(&doc));
        let text = text_of(&laid_out.pages()[0].frame);
        assert!(text.contains("TKT-000001") && text.contains("100.00"), "{text}");
        assert!(!text.contains("Nothing"), "{text}");
    }
}
