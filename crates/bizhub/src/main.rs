//! BizHub, the business hub of a shop.

fn main() -> std::process::ExitCode {
    bizhub::main()
}
