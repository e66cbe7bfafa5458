//! The private PostgreSQL for real: made, crashed, killed, refused, and found again. Each test has its own data folder.

use super::server::{Server, alive, ask, bizhub, open_dir, refused, tell, until};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Uid, User};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

#[test]
fn a_shop_opens_closes_and_opens_again() {
    let dir = open_dir();
    let data = dir.path().join("a shop's data");
    let server = Server::start(&data);

    // Each role is who it should be, and may what it should.
    assert_eq!(
        ask(&server.url("owner"), "SELECT current_user::text").expect("answers"),
        "bizhub_owner"
    );
    assert_eq!(
        ask(&server.url("app"), "SELECT current_user::text").expect("answers"),
        "bizhub_app"
    );
    let role = "SELECT current_setting('role')";
    tell(&server.url("owner"), "SET ROLE bizhub_app").expect("the owner may become the application");
    assert_eq!(ask(&server.url("owner"), role).expect("answers"), "none");
    tell(
        &server.url("owner"),
        "CREATE TABLE keepsake (word text); INSERT INTO keepsake VALUES ('kept')",
    )
    .expect("the owner may");
    tell(&server.url("app"), "CREATE TABLE mischief (word text)").expect_err("the application may not");
    tell(&server.url("readonly"), "CREATE TABLE mischief (word text)").expect_err("reports may not");

    // Durable, in UTF-8, with checksums, and only for this machine.
    for (question, answer) in [
        ("SELECT current_setting('fsync')", "on"),
        ("SELECT current_setting('synchronous_commit')", "on"),
        ("SELECT current_setting('full_page_writes')", "on"),
        ("SELECT current_setting('data_checksums')", "on"),
        ("SELECT current_setting('server_encoding')", "UTF8"),
        ("SELECT current_setting('listen_addresses')", "127.0.0.1"),
        ("SELECT current_setting('log_timezone')", "Africa/Accra"),
        (
            "SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = 0",
            "{TimeZone=Africa/Accra}",
        ),
        (
            "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user",
            "false",
        ),
    ] {
        assert_eq!(
            ask(&server.url("owner"), question).expect("answers"),
            answer,
            "{question}"
        );
    }
    let secrets = std::fs::metadata(data.join("secrets.toml")).expect("there");
    assert_eq!(secrets.mode() & 0o777, 0o600);
    let wrong = server
        .url("owner")
        .replacen("bizhub_owner:", "bizhub_owner:wrong", 1);
    ask(&wrong, role).expect_err("a wrong password opens nothing");

    // Nobody else gets in between.
    let sentence = refused(bizhub(&data).arg("serve"));
    assert!(
        sentence.contains("another BizHub server") && sentence.contains(&server.child.id().to_string()),
        "{sentence}"
    );
    let other = dir.path().join("other");
    let sentence = refused(bizhub(&other).args(["serve", "--listen", &server.address]));
    assert!(
        sentence.contains("is taken by another program") && sentence.contains("--listen"),
        "{sentence}"
    );

    server.stop();
    let server = Server::start(&data);
    assert_eq!(
        ask(&server.url("owner"), "SELECT word FROM keepsake").expect("answers"),
        "kept"
    );
    server.stop();

    // The database's own port.
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let sentence = refused(bizhub(&data).args(["serve", "--pg-port", &port]));
    assert!(
        sentence.contains(&format!("port {port}")) && sentence.contains("--pg-port"),
        "{sentence}"
    );
    drop(taken);
    let server = Server::start_with(bizhub(&data).args(["serve", "--pg-port", &port]), &data);
    assert!(server.url("app").contains(&format!(":{port}/")));
    server.stop();

    // Lost passwords are made anew.
    std::fs::remove_file(data.join("secrets.toml")).expect("there");
    let server = Server::start(&data);
    assert_eq!(
        ask(&server.url("owner"), "SELECT word FROM keepsake").expect("answers"),
        "kept"
    );
    server.stop();

    // Another version's cluster is left alone.
    let version = data.join("postgres/PG_VERSION");
    std::fs::write(&version, "9\n").expect("ours");
    let sentence = refused(bizhub(&data).arg("serve"));
    assert!(
        sentence.contains("made by PostgreSQL 9") && sentence.contains("dump"),
        "{sentence}"
    );
}

#[test]
fn a_crash_of_either_is_survived() {
    let dir = open_dir();
    let data = dir.path().join("data");
    let server = Server::start(&data);
    let url = server.url("owner");
    tell(
        &url,
        "CREATE TABLE sold (device int); INSERT INTO sold VALUES (1)",
    )
    .expect("saved");

    // The database is killed: the server starts it again, at the same address.
    let first = server.postmaster();
    kill(first, Signal::SIGKILL).expect("it runs");
    until("a new database", || {
        ask(&url, "SELECT count(*)::text FROM sold").is_ok_and(|count| count == "1")
    });
    let second = server.postmaster();
    assert_ne!(first, second);
    assert_eq!(server.url("owner"), url);
    // And again, while it has hardly started.
    kill(second, Signal::SIGKILL).expect("it runs");
    until("another new database", || {
        ask(&url, "SELECT count(*)::text FROM sold").is_ok_and(|count| count == "1")
    });

    // The server is killed: its database lives on, and the next start takes the folder over.
    tell(&url, "INSERT INTO sold VALUES (2)").expect("saved");
    let orphan = server.postmaster();
    server.signal(Signal::SIGKILL);
    drop(server);
    assert!(alive(orphan));
    let server = Server::start(&data);
    assert!(!alive(orphan));
    assert_eq!(
        ask(&server.url("owner"), "SELECT count(*)::text FROM sold").expect("answers"),
        "2"
    );

    // Both at once, and the number in the pid file now belongs to somebody else.
    let postmaster = server.postmaster();
    server.signal(Signal::SIGKILL);
    kill(postmaster, Signal::SIGKILL).expect("it runs");
    drop(server);
    until("the end of the old database", || !alive(postmaster));
    let pid_file = data.join("postgres/postmaster.pid");
    let text = std::fs::read_to_string(&pid_file).expect("left behind");
    std::fs::write(
        &pid_file,
        text.replacen(&postmaster.to_string(), &std::process::id().to_string(), 1),
    )
    .expect("ours");
    let server = Server::start(&data);
    assert_eq!(
        ask(&server.url("owner"), "SELECT count(*)::text FROM sold").expect("answers"),
        "2"
    );
    server.stop();
}

#[test]
fn a_start_that_was_cut_off_begins_again() {
    let dir = open_dir();
    let data = dir.path().join("data");
    let mut child = bizhub(&data)
        .arg("serve")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = || {
        let entries = std::fs::read_dir(&data).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .any(|path| path.join("base").exists())
    };
    until("the beginning of a cluster", begun);
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    assert!(!data.join("postgres/PG_VERSION").exists());
    Server::start(&data).stop();
    assert!(data.join("postgres/PG_VERSION").exists());
}

#[test]
fn a_path_too_long_for_a_socket_works_over_the_loopback() {
    let dir = open_dir();
    let data = dir
        .path()
        .join("long ".repeat(20))
        .join("ü".repeat(40))
        .join("data");
    let server = Server::start(&data);
    assert_eq!(
        ask(&server.url("app"), "SELECT current_user::text").expect("answers"),
        "bizhub_app"
    );
    server.stop();
}

#[test]
fn commands_bring_their_own_database_when_no_server_runs() {
    let dir = open_dir();
    let data = dir.path().join("data");
    let sentence = refused(bizhub(&data).args(["db", "url"]));
    assert!(
        sentence.contains("there is no database") && sentence.contains("bizhub serve"),
        "{sentence}"
    );
    let psql = |statement: &str| {
        let mut command = bizhub(&data);
        command.args(["db", "psql", "--", "-X", "-q", "-A", "-t", "-c", statement]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let said = |output: Output| {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    said(psql("CREATE TABLE visits (who int)").output().expect("it runs"));
    assert!(
        !data.join("postgres/postmaster.pid").exists(),
        "it was stopped again"
    );
    // Two at once take turns.
    let both: Vec<Child> = (0..2)
        .map(|_| psql("INSERT INTO visits VALUES (1)").spawn().expect("it starts"))
        .collect();
    for child in both {
        said(child.wait_with_output().expect("it ends"));
    }
    // Beside a server they use the server's.
    let server = Server::start(&data);
    assert_eq!(
        said(psql("SELECT count(*) FROM visits").output().expect("it runs")),
        "2"
    );
    assert!(refused(&mut psql("SELECT nonsense")).contains("psql ended without success"));

    // A database that somebody else runs: the application becomes its own role.
    let elsewhere = dir.path().join("elsewhere");
    let mut doctor = bizhub(&elsewhere);
    doctor
        .env("BIZHUB_DATABASE_URL", server.url("owner"))
        .arg("doctor");
    let report = String::from_utf8(doctor.output().expect("it runs").stdout).expect("text");
    assert!(report.contains("✓ application role: bizhub_app"), "{report}");
    assert!(!elsewhere.exists(), "an external database needs no data folder");
    server.stop();
}

#[test]
fn what_cannot_work_says_why_and_what_to_do() {
    let dir = open_dir();
    let file = dir.path().join("file");
    std::fs::write(&file, "x").expect("writable");
    let full_of_others = dir.path().join("holiday");
    std::fs::create_dir_all(full_of_others.join("postgres/pictures")).expect("writable");
    let settings = dir.path().join("bizhub.toml");
    std::fs::write(&settings, "listne = 1\n").expect("writable");
    let data = dir.path().join("data");
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).expect("writable");
    let text = |path: &Path| path.to_str().expect("text").to_owned();
    let (empty, settings) = (text(&empty), text(&settings));
    for (data, arguments, words) in [
        (&file, ["", ""], ["is not a folder", "--data-dir"]),
        (
            &full_of_others,
            ["", ""],
            ["not a PostgreSQL cluster", "--data-dir"],
        ),
        (
            &data,
            ["--pg-bin-dir", &empty],
            ["does not hold PostgreSQL's programs", "--pg-bin-dir"],
        ),
        (&data, ["--config", &settings], ["line 1", "listne"]),
        (
            &data,
            ["--listen", "203.0.113.7:8080"],
            ["has no address 203.0.113.7", "127.0.0.1"],
        ),
    ] {
        let arguments = arguments.iter().filter(|argument| !argument.is_empty());
        let sentence = refused(bizhub(data).arg("serve").args(arguments));
        for word in words {
            assert!(sentence.contains(word), "{word}: {sentence}");
        }
    }
    let wrong_usage = bizhub(&data)
        .args(["serve", "--listen", "nonsense"])
        .output()
        .expect("it runs");
    assert_eq!(wrong_usage.status.code(), Some(2));
}

#[test]
fn an_ordinary_user_needs_no_root() {
    // Only root can become somebody else; an ordinary user is what all other tests then run as.
    let Some(user) = Uid::effective()
        .is_root()
        .then(|| User::from_name("nobody").expect("readable").expect("everywhere"))
    else {
        return;
    };
    let dir = open_dir();
    let program = dir.path().join("bizhub");
    std::fs::copy(env!("CARGO_BIN_EXE_bizhub"), &program).expect("copied");
    let home = dir.path().join("home");
    std::fs::create_dir(&home).expect("made");
    chown(&home, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("root may");
    let as_user = |data: &Path| {
        let mut command = Command::new(&program);
        command
            .env("BIZHUB_DATA_DIR", data)
            .env("BIZHUB_LISTEN", "127.0.0.1:0")
            .current_dir("/")
            .stdin(Stdio::null());
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        command
    };
    let data = home.join("data");
    let server = Server::start_with(as_user(&data).arg("serve"), &data);
    assert_eq!(
        std::fs::metadata(data.join("postgres")).expect("made").uid(),
        user.uid.as_raw()
    );
    server.stop();

    let foreign = dir.path().join("foreign");
    std::fs::create_dir(&foreign).expect("made");
    let sentence = refused(as_user(&foreign).arg("serve"));
    assert!(
        sentence.contains("may not write to") && sentence.contains("--data-dir"),
        "{sentence}"
    );

    // Root may serve what the user made, and leaves it the user's.
    let server = Server::start(&data);
    assert_eq!(
        std::fs::metadata(data.join("postgres/bizhub.conf"))
            .expect("made")
            .uid(),
        user.uid.as_raw()
    );
    server.stop();
}

#[test]
fn root_keeps_its_data_where_nobody_else_may_look() {
    if !Uid::effective().is_root() {
        return;
    }
    // As under /root: nobody else may pass through the folder above.
    let dir = tempfile::tempdir().expect("a temporary folder");
    let closed = dir.path().join("closed");
    std::fs::create_dir(&closed).expect("made");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).expect("ours");
    let data = closed.join("data");
    let server = Server::start(&data);
    assert_ne!(std::fs::metadata(data.join("postgres")).expect("made").uid(), 0);
    assert_eq!(
        std::fs::metadata(&closed).expect("ours").mode() & 0o777,
        0o700,
        "nothing was opened"
    );
    let url = server.url("owner");
    tell(&url, "CREATE TABLE kept (word text)").expect("saved");
    kill(server.postmaster(), Signal::SIGKILL).expect("it runs");
    until("a new database", || {
        ask(&url, "SELECT count(*)::text FROM kept").is_ok()
    });
    let orphan = server.postmaster();
    server.signal(Signal::SIGKILL);
    drop(server);
    let server = Server::start(&data);
    assert!(!alive(orphan));
    server.stop();
    // Copied by root, and started at the new place.
    let copy = closed.join("copy");
    assert!(
        Command::new("cp")
            .arg("-r")
            .args([&data, &copy])
            .status()
            .expect("runs")
            .success()
    );
    let server = Server::start(&copy);
    assert_eq!(
        ask(&server.url("owner"), "SELECT count(*)::text FROM kept").expect("answers"),
        "0"
    );
    server.stop();
}
