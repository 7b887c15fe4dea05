fn main() -> std::process::ExitCode {
    umbel::main(umbel::bundled::tasks)
}
