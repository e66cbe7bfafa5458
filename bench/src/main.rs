//! `make bench`: the speed and the weight of the product, measured beside the database's own limit.
//!
//! Everything runs on one machine in one run, against the product's own PostgreSQL with the settings that the product gives it,
//! so that ratios mean something where times do not. Product and pgbench take turns in short slices.

#![expect(
    clippy::float_arithmetic,
    reason = "rates and latencies are measured, not money"
)]
#![expect(clippy::print_stdout, reason = "a command that prints a table")]

mod http;
mod load;
mod pgbench;
mod report;
mod server;

use clap::{Parser, ValueEnum};
use http::{Connection, get, post};
use load::{Figures, Maker, load};
use rand::Rng;
use report::Line;
use serde_json::{Value, json};
use server::{Place, Server};
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why a measurement could not be made.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// 10,000 devices
    S,
    /// 1,000,000 devices, 500,000 invoices, 200,000 customers
    L,
}

/// Measures the product beside its database's own limit
#[derive(Debug, Parser)]
struct Arguments {
    /// How much data
    #[arg(long, value_enum, ignore_case = true, default_value = "S")]
    size: Size,
    /// Seconds a measurement
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// The product's release binary
    #[arg(long, default_value = "target/release/bizhub")]
    bizhub: PathBuf,
    /// Data folder; what an earlier run loaded into it is measured again [default: one in the temporary folder]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Port of the server
    #[arg(long, default_value_t = 18080)]
    port: u16,
    /// Measure only works whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// File that the table is written into
    #[arg(long)]
    report: Option<PathBuf>,
}

/// A shop full of data, its server, and what was measured so far.
struct Bench {
    arguments: Arguments,
    place: Place,
    server: Server,
    devices: i64,
    app_url: String,
    superuser_url: String,
    lines: Vec<Line>,
}

const SELLER: &str = "Authorization: Bearer bench-sales\r\n";
const ADMIN: &str = "Authorization: Bearer bench-admin\r\n";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let size = match arguments.size {
        Size::S => "S",
        Size::L => "L",
    };
    let place = Place {
        bizhub: std::fs::canonicalize(&arguments.bizhub)
            .map_err(|_| "there is no release binary: make bench builds it")?,
        data_dir: arguments.data_dir.clone().unwrap_or_else(|| {
            std::env::temp_dir().join(format!("bizhub-bench-{size}-{}", std::process::id()))
        }),
        port: arguments.port,
    };
    let throw_away = arguments.data_dir.is_none();
    let result = measure(arguments, place.clone(), size).await;
    if throw_away {
        std::fs::remove_dir_all(&place.data_dir)?;
    }
    result
}

async fn measure(arguments: Arguments, place: Place, size: &'static str) -> Result<(), Failure> {
    let devices = match arguments.size {
        Size::S => 10_000,
        Size::L => 1_000_000,
    };
    let mut lines = Vec::new();
    let loaded = place.data_dir.join("bench-loaded").exists();
    if !loaded {
        let server = place.serve().await?;
        let empty = server.start.as_secs_f64();
        lines.push(Line::new(
            "start, empty folder",
            "≤ 8 s",
            format!("{empty:.1} s"),
            Some(empty <= 8.0),
        ));
        fill(&place, devices).await?;
        let (said, took) = place.run(&["verify"]).await?;
        println!("{} in {:.0} s", said.trim(), took.as_secs_f64());
        std::fs::write(place.data_dir.join("bench-loaded"), "")?;
        server.stop().await?;
    }
    let server = place.serve().await?;
    let again = server.start.as_secs_f64();
    lines.push(Line::new(
        "start, existing folder with its own PostgreSQL",
        "≤ 3 s",
        format!("{again:.1} s"),
        Some(again <= 3.0),
    ));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = server.memory();
    lines.push(Line::new(
        "memory of the server, idle",
        "≤ 40 MB",
        format!("{idle:.0} MB"),
        Some(idle <= 40.0),
    ));
    let (app_url, superuser_url) = (place.app_url().await?, place.superuser_url().await?);
    let mut bench = Bench {
        arguments,
        place,
        server,
        devices,
        app_url,
        superuser_url,
        lines,
    };
    if bench.wanted("weight") {
        bench.weights().await?;
    }
    if bench.wanted("look-up") {
        bench.look_up().await?;
    }
    if bench.wanted("browse") {
        bench.browse().await?;
    }
    if bench.wanted("search") {
        bench.search().await?;
    }
    if bench.wanted("report") {
        bench.reports().await?;
    }
    if bench.wanted("lots") {
        bench.lots().await?;
    }
    if bench.wanted("export") {
        bench.export().await?;
    }
    if bench.wanted("checkout") {
        bench.checkout().await?;
    }
    if bench.wanted("import") {
        bench.import().await?;
    }
    let (said, _) = bench.place.run(&["verify"]).await?;
    bench.lines.push(Line::new(
        "the books afterwards",
        "bizhub verify",
        said.trim().to_owned(),
        Some(true),
    ));
    let table = report::table(&bench.lines);
    println!("\n{table}");
    if let Some(file) = &bench.arguments.report {
        let section = format!("\n## Data set {size}\n\n{}\n\n{table}\n", machine(&bench).await?);
        report::keep(file, size, &section)?;
    }
    bench.server.stop().await
}

/// What the figures were measured on.
async fn machine(bench: &Bench) -> Result<String, Failure> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let (version, _) = bench
        .place
        .run(&["--version"])
        .await
        .or_else(|_| Ok::<_, Failure>(("bizhub".into(), Duration::ZERO)))?;
    let mut conn = PgConnection::connect(&bench.app_url).await?;
    let database: String = sqlx::query_scalar("SELECT current_setting('server_version')")
        .fetch_one(&mut conn)
        .await?;
    let day: String = sqlx::query_scalar("SELECT to_char(now(), 'YYYY-MM-DD')")
        .fetch_one(&mut conn)
        .await?;
    Ok(format!(
        "{day}, {} on {cores} cores of {model}, PostgreSQL {database}, {} s a measurement in {} turns; server, PostgreSQL and load on the same machine.",
        version.lines().next().unwrap_or("bizhub").trim(),
        bench.arguments.seconds,
        bench.turns()
    ))
}

/// The values that a cursor stands for: the last row's sort value and number.
fn place_of(cursor: &str) -> Result<[String; 2], Failure> {
    let bytes: Result<Vec<u8>, _> = (0..cursor.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(cursor.get(i..i + 2).unwrap_or("x"), 16))
        .collect();
    let text = String::from_utf8(bytes?)?;
    let mut parts = text.split('\u{1f}').skip(1);
    let (id, value) = (
        parts.next().ok_or("a cursor has a number")?,
        parts.next().ok_or("a cursor has a value")?,
    );
    Ok([format!("'{value}'"), id.to_owned()])
}

/// Loads the data set.
async fn fill(place: &Place, devices: i64) -> Result<(), Failure> {
    let begun = Instant::now();
    let sql = include_str!("scale.sql")
        .replace(":devices", &devices.to_string())
        .replace(":invoices", &(devices / 2).to_string())
        .replace(":customers", &(devices / 5).to_string());
    let mut conn = PgConnection::connect(&place.superuser_url().await?).await?;
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    let loaded = begun.elapsed().as_secs_f64();
    conn.execute("VACUUM (ANALYZE)").await?;
    conn.execute("CHECKPOINT").await?;
    println!(
        "{devices} devices in {loaded:.0} s, vacuumed after {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

impl Bench {
    fn wanted(&self, work: &str) -> bool {
        self.arguments
            .only
            .as_deref()
            .is_none_or(|only| work.contains(only))
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.arguments.seconds)
    }

    /// How often product and pgbench take turns. pgbench's time includes connecting, so that slices have a least length.
    fn turns(&self) -> u32 {
        if self.arguments.seconds >= 16 { 4 } else { 1 }
    }

    fn slice(&self) -> Duration {
        Duration::from_secs((self.arguments.seconds / u64::from(self.turns())).max(4))
    }

    fn clean(figures: &Figures) -> bool {
        figures.others.is_empty()
    }

    /// A line for a rate beside pgbench's.
    fn beside(&mut self, work: &str, least: f64, most_ms: f64, product: &Figures, limit: f64) {
        let (ratio, p50, p99) = (
            product.rate / limit,
            product.percentile(0.5),
            product.percentile(0.99),
        );
        let other = if Self::clean(product) {
            String::new()
        } else {
            format!(", refused {:?}", product.others)
        };
        let figure = format!(
            "{:.0}/s beside {limit:.0}/s: **{:.0} %**; p50 {p50:.1} ms, p99 {p99:.1} ms{other}",
            product.rate,
            ratio * 100.0
        );
        println!("{work}: {figure}");
        self.lines.push(Line::new(
            work,
            &format!("≥ {:.0} % of pgbench; p99 ≤ {most_ms:.0} ms", least * 100.0),
            figure,
            Some(ratio >= least && p99 <= most_ms && Self::clean(product)),
        ));
    }

    /// A line for a latency.
    fn within(&mut self, work: &str, most_ms: f64, figures: &Figures) {
        let p99 = figures.percentile(0.99);
        let other = if Self::clean(figures) {
            String::new()
        } else {
            format!(", refused {:?}", figures.others)
        };
        let figure = format!(
            "p99 **{p99:.1} ms**, p50 {:.1} ms, {:.0}/s{other}",
            figures.percentile(0.5),
            figures.rate
        );
        println!("{work}: {figure}");
        let passed = p99 <= most_ms && Self::clean(figures);
        self.lines.push(Line::new(
            work,
            &format!("p99 ≤ {most_ms:.0} ms"),
            figure,
            Some(passed),
        ));
    }

    async fn load(
        &self,
        clients: usize,
        length: Duration,
        status: u16,
        make: Maker,
    ) -> Result<Figures, Failure> {
        load(&self.server.address, clients, length, status, make).await
    }

    /// Product and pgbench in turn.
    async fn in_turn(
        &self,
        clients: usize,
        make: Maker,
        script: &str,
        variables: &[(&str, i64)],
    ) -> Result<(Figures, f64), Failure> {
        self.load(clients, Duration::from_secs(1), 200, make.clone())
            .await?;
        let (mut slices, mut limit) = (Vec::new(), 0.0);
        for _ in 0..self.turns() {
            slices.push(self.load(clients, self.slice(), 200, make.clone()).await?);
            limit += pgbench::rate(&self.app_url, script, clients, self.slice(), variables).await?
                / f64::from(self.turns());
        }
        Ok((Figures::join(slices), limit))
    }

    async fn look_up(&mut self) -> Result<(), Failure> {
        let devices = self.devices;
        let make: Maker = Arc::new(move |_, _| {
            let n = rand::rng().random_range(1..=devices);
            get(&format!("/api/v1/assets/by-serial/SN{n:08}"), SELLER)
        });
        let sql = app::assets::FIND_BY_SERIAL.replace("$1", "('SN' || lpad((:n)::text, 8, '0'))");
        let script = format!("\\set n random(1, :devices)\n{};\n", sql.replace('\n', " "));
        let (product, limit) = self.in_turn(32, make, &script, &[("devices", devices)]).await?;
        self.beside("scan look-up, 32 clients", 0.6, 5.0, &product, limit);
        Ok(())
    }

    async fn browse(&mut self) -> Result<(), Failure> {
        const FILTERS: [(&str, &str); 3] = [
            ("status", "Ready for Sale"),
            ("category", "Laptop"),
            ("brand", "HP"),
        ];
        const QUERY: &str = "/api/v1/assets?status=Ready%20for%20Sale&category=Laptop&brand=HP&limit=";
        let mut connection = Connection::open(&self.server.address).await?;
        let (mut deep, mut rows) = (None, 0);
        for _ in 0..250 {
            let cursor = deep
                .as_deref()
                .map(|c| format!("&cursor={c}"))
                .unwrap_or_default();
            let answer = connection
                .ask(&get(&format!("{QUERY}200{cursor}"), SELLER))
                .await?;
            let page: Value = serde_json::from_slice(&answer.body)?;
            let next = page["next_cursor"].as_str().map(str::to_owned);
            let Some(next) = next else { break };
            deep = Some(next);
            rows += 200;
        }
        for (name, cursor) in [
            ("first page".to_owned(), None),
            (format!("page {}", rows / 50 + 1), deep),
        ] {
            let path = match &cursor {
                Some(cursor) => format!("{QUERY}50&cursor={cursor}"),
                None => format!("{QUERY}50"),
            };
            let make: Maker = Arc::new(move |_, _| get(&path, SELLER));
            let request = app::PageRequest {
                limit: 50,
                cursor,
                filters: FILTERS.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
                ..app::PageRequest::default()
            };
            let mut script = app::assets::LIST.sql(&request).map_err(|e| format!("{e:?}"))?;
            // Words of closed lists stand in the statement already.
            let mut values: Vec<String> = FILTERS.iter().map(|(_, v)| format!("'{v}'")).collect();
            values.retain(|value| !script.contains(value.as_str()));
            values.extend(
                request
                    .cursor
                    .as_deref()
                    .map(place_of)
                    .transpose()?
                    .into_iter()
                    .flatten(),
            );
            for (n, value) in values.iter().enumerate().rev() {
                script = script.replace(&format!("${}", n + 1), value);
            }
            let script = format!("{};\n", script.replace('\n', " "));
            let (product, limit) = self.in_turn(8, make, &script, &[]).await?;
            self.beside(
                &format!("browse ready laptops of a brand, {name}, 8 clients"),
                0.5,
                30.0,
                &product,
                limit,
            );
        }
        Ok(())
    }

    async fn search(&mut self) -> Result<(), Failure> {
        let devices = self.devices;
        let length = self.length() / 4;
        type Kind = (&'static str, fn(i64, i64) -> String);
        let kinds: [Kind; 5] = [
            ("exact serial", |n, _| format!("SN{n:08}")),
            ("exact tag", |n, _| format!("P4T-{n:06}")),
            ("phone", |n, devices| format!("024{:07}", n % (devices / 5) + 1)),
            ("part of a name", |n, _| format!("Quaye%20{}", n % 1000)),
            ("model words", |n, _| format!("elitebook%20{}", 100 + n % 300)),
        ];
        for (name, text) in kinds {
            let make: Maker = Arc::new(move |_, _| {
                let n = rand::rng().random_range(1..=devices);
                get(&format!("/api/v1/search?q={}", text(n, devices)), ADMIN)
            });
            let figures = self.load(2, length, 200, make).await?;
            self.within(&format!("search box, {name}"), 50.0, &figures);
        }
        Ok(())
    }

    async fn reports(&mut self) -> Result<(), Failure> {
        let length = self.length() / 4;
        for (name, path, most) in [
            ("dashboard", "dashboard", 20.0),
            ("report of the inventory", "inventory-summary", 500.0),
            (
                "report of a year's sales",
                "sales-daily?from=YEAR&limit=200",
                500.0,
            ),
            ("report of ageing stock", "aging-inventory", 500.0),
            ("report of preorders", "preorder-sla", 500.0),
        ] {
            let mut conn = PgConnection::connect(&self.app_url).await?;
            let year: String = sqlx::query_scalar("SELECT (current_date - 365)::text")
                .fetch_one(&mut conn)
                .await?;
            let request = get(&format!("/api/v1/reports/{}", path.replace("YEAR", &year)), ADMIN);
            let make: Maker = Arc::new(move |_, _| request.clone());
            let figures = self.load(2, length, 200, make).await?;
            self.within(name, most, &figures);
        }
        Ok(())
    }

    /// The list of lots, each with the sums of its devices.
    async fn lots(&mut self) -> Result<(), Failure> {
        for (name, path) in [
            ("list of lots, 50 a page", "/api/v1/lots?limit=50"),
            (
                "list of lots, oldest first",
                "/api/v1/lots?limit=50&sort=received_date",
            ),
        ] {
            let request = get(path, ADMIN);
            let make: Maker = Arc::new(move |_, _| request.clone());
            let figures = self.load(2, self.length() / 4, 200, make).await?;
            self.within(name, 50.0, &figures);
        }
        Ok(())
    }

    /// A long list of devices as a file: at L the sold ones of a brand, which are nearly 100,000; at S all.
    async fn export(&mut self) -> Result<(), Failure> {
        const COOKIE: &str = "Cookie: bizhub=bench-admin\r\nAccept: text/html\r\n";
        let (filter, rows) = match self.arguments.size {
            Size::S => ("", "SELECT count(*) FROM assets WHERE voided_at IS NULL"),
            Size::L => (
                "&status=Sold&brand=HP",
                "SELECT count(*) FROM assets a JOIN product_models m ON m.id = a.product_model_id WHERE a.status = 'Sold' AND m.brand = 'HP'",
            ),
        };
        let mut conn = PgConnection::connect(&self.app_url).await?;
        let rows: i64 = sqlx::query_scalar(rows).fetch_one(&mut conn).await?;
        for format in ["csv", "xlsx"] {
            let before = self.server.memory();
            let address = self.server.address.clone();
            let request = get(&format!("/devices?format={format}{filter}"), COOKIE);
            let begun = Instant::now();
            let mut asked =
                tokio::spawn(async move { Connection::open(&address).await?.ask(&request).await });
            let mut most = before;
            let answer = loop {
                tokio::select! {
                    answer = &mut asked => break answer??,
                    () = tokio::time::sleep(Duration::from_millis(50)) => most = most.max(self.server.memory()),
                }
            };
            let took = begun.elapsed().as_secs_f64();
            let newlines = answer.body.iter().filter(|b| **b == b'\n').count();
            let whole = answer.status == 200 && (format != "csv" || i64::try_from(newlines)? == rows + 1);
            #[expect(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
            let of_hundred_thousand = took * 100_000.0 / rows as f64;
            let grown = most - before;
            let figure = format!(
                "{rows} rows in {took:.1} s, which is **{of_hundred_thousand:.1} s** for 100,000; memory grew by {grown:.0} MB{}",
                if whole {
                    String::new()
                } else {
                    format!(" (HTTP {}, {newlines} lines)", answer.status)
                }
            );
            println!("export as {format}: {figure}");
            self.lines.push(Line::new(
                &format!("list of devices as {}", format.to_uppercase()),
                "100,000 rows ≤ 10 s; memory grows by < 32 MB",
                figure,
                Some(whole && of_hundred_thousand <= 10.0 && grown < 32.0),
            ));
        }
        Ok(())
    }

    /// Puts so many more devices on sale and answers the number of the first.
    async fn shelve(&self, count: i64) -> Result<i64, Failure> {
        let mut conn = PgConnection::connect(&self.superuser_url).await?;
        let first: i32 = sqlx::query_scalar("SELECT max(id) + 1 FROM assets")
            .fetch_one(&mut conn)
            .await?;
        let sql = include_str!("shelve.sql")
            .replace(":first", &first.to_string())
            .replace(":count", &count.to_string());
        conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
        conn.execute("VACUUM (ANALYZE) assets").await?;
        conn.execute("CHECKPOINT").await?;
        Ok(i64::from(first))
    }

    async fn checkout(&mut self) -> Result<(), Failure> {
        const CLIENTS: usize = 32;
        let clients = i64::try_from(CLIENTS)?;
        let customers = self.devices / 5;
        let each = i64::try_from(self.slice().as_secs())? * 2500 + 1000;
        let mut conn = PgConnection::connect(&self.app_url).await?;
        let user: i32 = sqlx::query_scalar("SELECT id FROM users WHERE username = 'bench-sales'")
            .fetch_one(&mut conn)
            .await?;
        let items: Vec<i32> =
            sqlx::query_scalar("SELECT id FROM bulk_stock WHERE sku LIKE 'ACC-%' ORDER BY id")
                .fetch_all(&mut conn)
                .await?;
        let item_first = items.first().copied().ok_or("there are no items")?;
        let first = self.shelve(each * (2 * i64::from(self.turns()) + 1)).await?;
        let maker = |from: i64| -> Maker {
            Arc::new(move |client, n| {
                let device = from + i64::try_from(client + n * CLIENTS).unwrap_or_default();
                let mut random = rand::rng();
                let body = json!({
                    "customer_id": random.random_range(1..=customers), "customer_type": "Retail",
                    "lines": [{"asset_tag": format!("P4T-{device:06}"), "unit_price": "3000.00"},
                        {"sku": format!("ACC-{:03}", random.random_range(1..=50))}],
                    "payments": [{"payment_method": "MoMo", "amount": "3000.00", "reference": format!("BZ{device}")},
                        {"payment_method": "Cash", "amount": "120.00"}],
                });
                post("/api/v1/sales", SELLER, &body.to_string())
            })
        };
        self.load(CLIENTS, Duration::from_secs(1), 201, maker(first))
            .await?;
        let audit: String = sqlx::query_scalar(
            "SELECT after::text FROM audit_log WHERE action = 'sale.checkout' ORDER BY id DESC LIMIT 1",
        )
        .fetch_one(&mut conn)
        .await?;
        let script = pgbench::checkout(&audit);
        let (mut slices, mut limit) = (Vec::new(), 0.0);
        let mut at = first + each;
        let mut memory = 0.0_f64;
        for _ in 0..self.turns() {
            slices.push(self.load(CLIENTS, self.slice(), 201, maker(at)).await?);
            memory = memory.max(self.server.memory());
            at += each;
            let variables = [
                ("first", at),
                ("clients", clients),
                ("n", -1),
                ("user", i64::from(user)),
                ("customers", customers),
                ("item_first", i64::from(item_first)),
                ("items", i64::try_from(items.len())?),
            ];
            limit += pgbench::rate(&self.app_url, &script, CLIENTS, self.slice(), &variables).await?
                / f64::from(self.turns());
            at += each;
        }
        let product = Figures::join(slices);
        // What pgbench sold has an audit row of its own, at the instant of its transaction.
        self.beside("checkout, 32 clients", 0.8, 60.0, &product, limit);
        self.lines.push(Line::new(
            "memory of the server, under the checkout load",
            "≤ 120 MB",
            format!("{memory:.0} MB"),
            Some(memory <= 120.0),
        ));
        Ok(())
    }

    async fn import(&mut self) -> Result<(), Failure> {
        const ROWS: i64 = 25_000;
        let mut conn = PgConnection::connect(&self.app_url).await?;
        let run: i64 = sqlx::query_scalar("SELECT max(id)::bigint FROM assets")
            .fetch_one(&mut conn)
            .await?;
        let mut csv = String::from("Serial Number,Category,Brand,Model,CPU,RAM,Storage,Cost,Grade\n");
        for n in 0..ROWS {
            let model = n % 60 * 5 + 5;
            csv.push_str(&format!(
                "IM{run}-{n:06},Laptop,HP,EliteBook {},Core i5-8350U,16 GB,256 GB SSD,1800.00,B\n",
                model + 100
            ));
        }
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("lot.csv");
        std::fs::write(&file, csv)?;
        let path = file.to_str().ok_or("the temporary folder's name is not text")?;
        let (_, took) = self.place.run(&["import", "manifest", path]).await?;
        let begun = Instant::now();
        conn.execute(sqlx::raw_sql(AssertSqlSafe(format!(
            "BEGIN; SELECT set_config('bizhub.user_id', '1', true);
             WITH received AS (
               INSERT INTO assets (serial_number, product_model_id, supplier, purchase_cost, condition_grade, received_date)
               SELECT 'BA{run}-' || g, g % 300 + 1, 'Supplier', 1800, 'B', shop_today() FROM generate_series(1, {ROWS}) g RETURNING *
             ) INSERT INTO audit_log (action, entity, entity_id, after)
               SELECT 'asset.receive', 'assets', id, jsonb_strip_nulls(to_jsonb(received)) FROM received;
             COMMIT"
        ))))
        .await?;
        let bare = begun.elapsed();
        #[expect(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
        let rate = |took: Duration| ROWS as f64 / took.as_secs_f64();
        let ratio = rate(took) / rate(bare);
        let figure = format!(
            "{:.0} rows/s beside {:.0}/s: **{:.0} %**; 25,000 rows in {:.1} s",
            rate(took),
            rate(bare),
            ratio * 100.0,
            took.as_secs_f64()
        );
        println!("import: {figure}");
        self.lines.push(Line::new(
            "manifest import, 25,000 rows, start of the command included",
            "≥ 40 % of the bare insert; ≤ 5 s",
            figure,
            Some(ratio >= 0.4 && took.as_secs_f64() <= 5.0),
        ));
        Ok(())
    }

    /// What a browser fetches, over the wire.
    async fn weights(&mut self) -> Result<(), Failure> {
        const COOKIE: &str =
            "Cookie: bizhub=bench-admin\r\nAccept-Encoding: br, gzip\r\nAccept: text/html\r\n";
        const PLAIN: &str = "Cookie: bizhub=bench-admin\r\nAccept: text/html\r\n";
        let mut connection = Connection::open(&self.server.address).await?;
        let page = connection.ask(&get("/sell", COOKIE)).await?;
        let plain = connection.ask(&get("/sell", PLAIN)).await?;
        let html = String::from_utf8_lossy(&plain.body).into_owned();
        let (mut all, mut scripts) = (page.wire, 0);
        for part in html.split(['"', '\'']) {
            let is_part = part.starts_with("/static/") || part.starts_with("/assets/");
            if is_part
                && [".js", ".css", ".woff2", ".svg", ".ico"]
                    .iter()
                    .any(|end| part.split('?').next().is_some_and(|p| p.ends_with(end)))
            {
                let answer = connection.ask(&get(part, COOKIE)).await?;
                all += answer.wire;
                scripts += if part.contains(".js") { answer.wire } else { 0 };
            }
        }
        let kb = |bytes: usize| bytes.div_ceil(1024);
        self.lines.push(Line::new(
            "point of sale, cold over the wire",
            "≤ 90 KB, ≤ 40 KB JavaScript",
            format!(
                "{} KB, {} KB JavaScript (HTTP {})",
                kb(all),
                kb(scripts),
                page.status
            ),
            Some(page.status == 200 && kb(all) <= 90 && kb(scripts) <= 40),
        ));
        for path in ["/devices", "/invoices", "/customers", "/stock", "/warranties"] {
            let list = connection.ask(&get(path, COOKIE)).await?;
            self.lines.push(Line::new(
                &format!("list page {path} after the first"),
                "≤ 30 KB",
                format!("{} KB (HTTP {})", kb(list.wire), list.status),
                Some(list.status == 200 && kb(list.wire) <= 30),
            ));
        }
        Ok(())
    }
}
