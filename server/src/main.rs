/// Messages, events and results are many small pieces that one thread makes and another one drops, which is what the
/// system's allocator is slowest at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    umbel::main(umbel::bundled::tasks)
}
