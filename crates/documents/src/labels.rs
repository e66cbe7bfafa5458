use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::code128::bars;
use crate::press::{Job, Template};
use crate::{DocumentError, qr_svg};

/// The narrowest module of a bar code that thermal printers and cheap scanners manage, in millimetres.
const NARROWEST_MODULE: f64 = 0.19;

/// White around what is on a label, in millimetres …
const MARGIN: f64 = 1.2;

/// … and on a sheet whose labels reach to the edge of the paper, where printers leave some of it white.
const EDGE: f64 = 4.0;

/// The paper that labels are printed on. All lengths are in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelPaper {
    /// A roll of labels of 40 × 30.
    Roll40x30,
    /// A roll of labels of 50 × 25.
    Roll50x25,
    /// A continuous roll 62 wide; each label is 29 high.
    Roll62,
    /// A4, 3 × 8 labels of 70 × 37.
    A4Sheet24,
    /// A4, 3 × 7 labels of 63.5 × 38.1.
    A4Sheet21,
}

/// Where the labels of a paper are.
#[derive(Serialize)]
struct Layout {
    width: f64,
    height: f64,
    columns: usize,
    rows: usize,
    /// From the edge of the paper to the first label.
    left: f64,
    top: f64,
    /// Between two labels of a row.
    gap: f64,
    page_width: f64,
    page_height: f64,
    /// White around what is on a label.
    margin: f64,
}

impl LabelPaper {
    fn layout(self) -> Layout {
        let roll = |width, height| Layout {
            width,
            height,
            columns: 1,
            rows: 1,
            left: 0.0,
            top: 0.0,
            gap: 0.0,
            page_width: width,
            page_height: height,
            margin: MARGIN,
        };
        let a4 = |width, height, rows, left, top, gap| Layout {
            columns: 3,
            rows,
            left,
            top,
            gap,
            page_width: 210.0,
            page_height: 297.0,
            ..roll(width, height)
        };
        match self {
            Self::Roll40x30 => roll(40.0, 30.0),
            Self::Roll50x25 => roll(50.0, 25.0),
            Self::Roll62 => roll(62.0, 29.0),
            Self::A4Sheet24 => Layout {
                margin: EDGE,
                ..a4(70.0, 37.0, 8, 0.0, 0.5, 0.0)
            },
            Self::A4Sheet21 => a4(63.5, 38.1, 7, 7.2, 15.1, 2.5),
        }
    }

    /// How many labels one sheet has; 1 on a roll.
    pub fn per_sheet(self) -> usize {
        let layout = self.layout();
        layout.columns * layout.rows
    }
}

/// How a label is read by a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelCode {
    /// Bars, which every scanner reads. A code that is too long for the label, or has other letters than a bar code knows,
    /// is printed as QR.
    Code128,
    /// A square, which needs a camera or a 2D scanner, and stays readable when it is small or torn.
    Qr,
}

/// What one label says. All values are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What the code holds and what stands under it: an asset tag or a SKU.
    pub code: String,
    /// What it is.
    pub title: String,
    /// Processor, memory, storage, in one short line.
    pub specs: Option<String>,
    /// A, B or C.
    pub grade: Option<String>,
    /// What it costs, with its currency.
    pub price: Option<String>,
}

/// Labels of one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelsDoc {
    /// The paper.
    pub paper: LabelPaper,
    /// Bars or squares.
    pub code: LabelCode,
    /// Labels of the first sheet that are used already, so that the sheet goes through the printer again.
    pub skipped: usize,
    /// The labels, in the order in which they are printed.
    pub labels: Vec<Label>,
    /// When they were drawn.
    pub created_at: DateTime<Utc>,
}

/// What the template sees of a label.
#[expect(clippy::float_arithmetic, reason = "millimetres on paper, not money")]
fn drawn(label: &Label, code: LabelCode, layout: &Layout) -> Result<Value, DocumentError> {
    let room = layout.width - 2.0 * layout.margin;
    let wide = bars(&label.code)
        .filter(|bars| code == LabelCode::Code128 && to_length(bars.modules) * NARROWEST_MODULE <= room);
    let (kind, svg) = match wide {
        Some(bars) => ("bars", bars.svg),
        None => ("qr", qr_svg(&label.code)?),
    };
    Ok(json!({
        "code": label.code, "title": label.title, "specs": label.specs, "grade": label.grade, "price": label.price,
        "kind": kind, "svg": svg,
    }))
}

fn to_length(modules: usize) -> f64 {
    u32::try_from(modules).map_or(f64::MAX, f64::from)
}

/// Labels as PDF: a page a label on a roll, a page a sheet on A4.
///
/// Fails where a code is too long even for a QR code.
pub fn labels(doc: &LabelsDoc) -> Result<Vec<u8>, DocumentError> {
    let layout = doc.paper.layout();
    let labels = doc
        .labels
        .iter()
        .map(|label| drawn(label, doc.code, &layout))
        .collect::<Result<Vec<_>, _>>()?;
    Job {
        template: Template::Labels,
        title: match doc.labels.as_slice() {
            [one] => format!("Label {}", one.code),
            many => format!("{} labels", many.len()),
        },
        check_url: None,
        created_at: doc.created_at,
        texts: &json!({"layout": layout, "skipped": doc.skipped, "labels": labels}),
    }
    .print()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::process::Command;

    const PAPERS: [LabelPaper; 5] = [
        LabelPaper::Roll40x30,
        LabelPaper::Roll50x25,
        LabelPaper::Roll62,
        LabelPaper::A4Sheet24,
        LabelPaper::A4Sheet21,
    ];

    fn label(code: String) -> Label {
        Label {
            code,
            title: "HP EliteBook 840 G7 with a name that is longer than any label".into(),
            specs: Some("i5-10310U · 16 GB · 512 GB SSD".into()),
            grade: Some("A".into()),
            price: Some("GH₵ 4,900.00".into()),
        }
    }

    fn doc(paper: LabelPaper, code: LabelCode, labels: Vec<Label>) -> LabelsDoc {
        LabelsDoc {
            paper,
            code,
            skipped: 0,
            labels,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    /// What an independent decoder reads from the printed labels, each by itself as a scanner sees it, and how many pages
    /// there are. 203 dots an inch is what a label printer has.
    fn read(pdf: &[u8], paper: LabelPaper, dots: u32) -> (BTreeSet<String>, usize) {
        let thread = format!("{:?}", std::thread::current().id()).replace(['(', ')'], "");
        let folder = std::env::temp_dir().join(format!("bizhub-labels-{}-{thread}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
        let file = folder.join("labels.pdf");
        std::fs::write(&file, pdf).expect("the temporary folder can be written");
        let drawn = Command::new("pdftoppm")
            .args(["-r", &dots.to_string(), "-gray"])
            .args([&file, &folder.join("page")])
            .status()
            .expect("pdftoppm is installed: scripts/install-needs.sh test");
        assert!(drawn.success());
        let pages: Vec<_> = std::fs::read_dir(&folder)
            .expect("it was made above")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|kind| kind == "pgm"))
            .collect();
        let labels: Vec<_> = pages.iter().flat_map(|page| cut_out(page, paper)).collect();
        let found = Command::new("zbarimg")
            .args(["--quiet", "--raw", "--nodbus"])
            .args(&labels)
            .output()
            .expect("zbarimg is installed: scripts/install-needs.sh test");
        std::fs::remove_dir_all(&folder).expect("it was made above");
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        (text.lines().map(str::to_owned).collect(), pages.len())
    }

    /// The labels of a page, as pictures of their own (portable graymaps).
    #[expect(clippy::float_arithmetic, reason = "lengths on a sheet of paper")]
    fn cut_out(page: &std::path::Path, paper: LabelPaper) -> Vec<std::path::PathBuf> {
        let layout = paper.layout();
        let picture = std::fs::read(page).expect("it was drawn just now");
        let head: Vec<&[u8]> = picture.splitn(4, |b| *b == b' ' || *b == b'\n').collect();
        let number = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .parse::<usize>()
                .expect("a graymap's head")
        };
        let (width, height) = (number(head[1]), number(head[2]));
        let pixels = &picture[picture.len() - width * height..];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "lengths on a sheet of paper"
        )]
        let to_pixels = |length: f64| (length / layout.page_width * width as f64) as usize;
        let mut found = Vec::new();
        for slot in 0..paper.per_sheet() {
            let [column, row] = [slot % layout.columns, slot / layout.columns]
                .map(|n| f64::from(u8::try_from(n).expect("few")));
            let left = to_pixels(layout.left + column * (layout.width + layout.gap));
            let top = to_pixels(layout.top + row * layout.height);
            let (wide, high) = (
                to_pixels(layout.width).min(width - left),
                to_pixels(layout.height).min(height - top),
            );
            let mut label = format!("P5\n{wide} {high}\n255\n").into_bytes();
            for y in top..top + high {
                label.extend_from_slice(&pixels[y * width + left..][..wide]);
            }
            let path = page.with_extension(format!("{slot}.label.pgm"));
            std::fs::write(&path, label).expect("the temporary folder can be written");
            found.push(path);
        }
        found
    }

    #[test]
    fn every_printed_code_is_read_again_by_an_independent_decoder() {
        for paper in PAPERS {
            for code in [LabelCode::Code128, LabelCode::Qr] {
                let tags = (1..=26).map(|n| format!("P4T-{:06}", n * 38_231));
                let odd = ["CHG-65W", "a", "RAM-DDR4-16GB-3200", "A/1 b.c", "P4T-1000001"].map(str::to_owned);
                let codes: BTreeSet<String> = tags.chain(odd).collect();
                let pdf = labels(&doc(paper, code, codes.iter().cloned().map(label).collect()))
                    .expect("plain texts");
                let (found, pages) = read(&pdf, paper, 203);
                assert_eq!(found, codes, "{paper:?} {code:?}");
                assert_eq!(pages, codes.len().div_ceil(paper.per_sheet()), "{paper:?}");
            }
        }
    }

    #[test]
    fn what_bars_cannot_say_is_said_by_a_square() {
        let codes: BTreeSet<String> = ["X".repeat(50), "HP-ELITEBOOK-840-G7-RAM-SODIMM".to_owned()].into();
        let pdf = labels(&doc(
            LabelPaper::Roll40x30,
            LabelCode::Code128,
            codes.iter().cloned().map(label).collect(),
        ));
        assert_eq!(
            read(&pdf.expect("plain texts"), LabelPaper::Roll40x30, 300).0,
            codes
        );
        let drawn = drawn(
            &label("Ɛsi 1".into()),
            LabelCode::Code128,
            &LabelPaper::Roll62.layout(),
        )
        .expect("it is short");
        assert_eq!(drawn["kind"], "qr");
        assert!(matches!(
            labels(&doc(
                LabelPaper::Roll62,
                LabelCode::Qr,
                vec![label("x".repeat(4000))]
            )),
            Err(DocumentError::QrTooLong)
        ));
    }

    #[test]
    fn a_sheet_that_is_half_used_is_used_up() {
        let codes: BTreeSet<String> = (1..=10).map(|n| format!("P4T-{n:06}")).collect();
        let mut sheet = doc(
            LabelPaper::A4Sheet24,
            LabelCode::Code128,
            codes.iter().cloned().map(label).collect(),
        );
        sheet.skipped = 20;
        let (found, pages) = read(&labels(&sheet).expect("plain texts"), LabelPaper::A4Sheet24, 203);
        assert_eq!((found, pages), (codes, 2));
    }

    #[test]
    fn a_label_without_words_is_a_code() {
        let bare = Label {
            title: String::new(),
            specs: None,
            grade: None,
            price: None,
            ..label("P4T-000001".into())
        };
        for paper in PAPERS {
            let pdf = labels(&doc(paper, LabelCode::Code128, vec![bare.clone()])).expect("plain texts");
            assert_eq!(read(&pdf, paper, 203).0.len(), 1);
        }
    }

    /// What a tool of poppler says of a PDF, on its standard output.
    fn told(tool: &str, arguments: &[&str], pdf: &[u8], name: &str) -> Vec<u8> {
        let file = std::env::temp_dir().join(format!("bizhub-{name}-{}.pdf", std::process::id()));
        std::fs::write(&file, pdf).expect("the temporary folder can be written");
        let to = (tool == "pdftotext").then_some("-");
        let told = Command::new(tool).args(arguments).arg(&file).args(to).output();
        std::fs::remove_file(&file).expect("it was made above");
        told.expect("poppler is installed: scripts/install-needs.sh test")
            .stdout
    }

    #[test]
    fn a_name_that_is_too_long_ends_with_a_word_and_dots() {
        for (paper, rest) in [(LabelPaper::Roll40x30, "label"), (LabelPaper::A4Sheet21, "label")] {
            let pdf =
                labels(&doc(paper, LabelCode::Qr, vec![label("P4T-000001".into())])).expect("plain texts");
            let text = String::from_utf8_lossy(&told("pdftotext", &[], &pdf, "long")).into_owned();
            assert!(
                text.contains("HP EliteBook") && text.contains('…') && !text.contains(rest),
                "{text}"
            );
            assert!(text.contains("512 GB"), "the specs have room: {text}");
        }
    }

    #[test]
    fn the_code_is_whole_beside_a_grade_and_a_dear_price() {
        for paper in PAPERS {
            let dear = Label {
                price: Some("GH₵ 14,900.00".into()),
                specs: Some("Core i5-1038NG7 · 16 GB · 512 GB SSD · 14-inch".into()),
                ..label("P4T-000602".into())
            };
            let pdf = labels(&doc(paper, LabelCode::Code128, vec![dear])).expect("plain texts");
            // Words and where they stand: what is left out or runs into another is no word of its own.
            let words = told("pdftotext", &["-bbox"], &pdf, "dear");
            let words = String::from_utf8_lossy(&words).into_owned();
            let side = |word: &str, name: &str| -> f64 {
                let line = words
                    .lines()
                    .find(|line| line.contains(&format!(">{word}</word>")))
                    .unwrap_or_else(|| panic!("{paper:?}: {word} in {words}"));
                let (_, rest) = line.split_once(&format!("{name}=\"")).expect("a box has sides");
                let (number, _) = rest.split_once('"').expect("a number ends");
                number.parse().expect("a number")
            };
            let beside = side("P4T-000602", "xMax") <= side("A", "xMin");
            let above = side("P4T-000602", "yMax") <= side("A", "yMin") + 2.0;
            assert!(beside || above, "{paper:?}: {words}");
        }
    }

    #[test]
    fn nothing_stands_where_a_printer_of_sheets_leaves_the_paper_white() {
        let many = (1..=24).map(|n| label(format!("P4T-{n:06}"))).collect();
        let pdf = labels(&doc(LabelPaper::A4Sheet24, LabelCode::Code128, many)).expect("plain texts");
        let page = told("pdftoppm", &["-r", "100", "-gray"], &pdf, "edge");
        let head = String::from_utf8_lossy(&page[..20]).into_owned();
        let size: Vec<usize> = head
            .split_whitespace()
            .skip(1)
            .filter_map(|n| n.parse().ok())
            .collect();
        let (width, height) = (size[0], size[1]);
        let pixels = &page[page.len() - width * height..];
        let edge = 14; // 3.5 mm
        for y in 0..height {
            for x in (0..edge).chain(width - edge..width) {
                assert!(pixels[y * width + x] > 250, "ink at {x}, {y}");
            }
        }
        assert!(pixels[..edge * width].iter().all(|pixel| *pixel > 250));
    }

    /// How long a big lot takes is asked of a release build: `LABELS=2000`.
    #[test]
    fn a_big_lot_is_drawn_in_one_go() {
        let many = std::env::var("LABELS")
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(200);
        let began = std::time::Instant::now();
        let all = (1..=many).map(|n| label(format!("P4T-{n:06}"))).collect();
        let pdf = labels(&doc(LabelPaper::Roll50x25, LabelCode::Code128, all)).expect("plain texts");
        let took = began.elapsed();
        assert!(pdf.len() > many * 100, "{}", pdf.len());
        // Ten times what it takes on the smallest machine that was tried.
        assert!(
            took.as_millis() < 2_000 + 40 * many as u128,
            "{many} labels took {took:?}"
        );
    }
}
