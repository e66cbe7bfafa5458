//! The command line's help is committed, so that a change of it is a visible diff. `make generate` writes it (it sets
//! GENERATE=1); here it is compared.

use std::fmt::Write;
use std::path::Path;

use clap::CommandFactory;

fn describe(command: &clap::Command, path: &str, text: &mut String) {
    let help = command.clone().term_width(100).render_long_help().to_string();
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    write!(text, "\n## {path}\n\n```text\n{}\n```\n", lines.join("\n")).expect("a String takes all");
    for subcommand in command
        .get_subcommands()
        .filter(|subcommand| subcommand.get_name() != "help")
    {
        describe(subcommand, &format!("{path} {}", subcommand.get_name()), text);
    }
}

#[test]
fn command_line() {
    let mut cli = bizhub::cli::Cli::command();
    cli.build();
    // Not what happens to be set where the tests run.
    fn without_values(command: clap::Command) -> clap::Command {
        command
            .mut_args(|argument| argument.hide_env_values(true))
            .mut_subcommands(without_values)
    }
    let mut now = "# The command line\n\nMade from the program's own help by `make generate`.\n".to_owned();
    describe(&without_values(cli), "bizhub", &mut now);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command-line.md");
    if std::env::var_os("GENERATE").is_some() {
        std::fs::write(&file, &now).expect("docs is writable");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == now,
        "docs/command-line.md is not what the code says: run `make generate` and look at the difference"
    );
}
