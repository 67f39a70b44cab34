//! The help texts.

/// What help is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    Program,
    Test,
    Check,
    Console,
    Fmt,
    Junit,
}

/// The help for a topic, ending in a newline.
pub fn text(topic: Topic) -> &'static str {
    match topic {
        Topic::Program => PROGRAM,
        Topic::Test => TEST,
        Topic::Check => CHECK,
        Topic::Console => CONSOLE,
        Topic::Fmt => FMT,
        Topic::Junit => JUNIT,
    }
}

const PROGRAM: &str = "\
Run, check and edit Terraform and OpenTofu test files.

Usage: runblock [-chdir=DIR] COMMAND [ARGUMENTS]

Commands:
  test [DIR]     Run the run blocks of a module's test files
  check [PATH…]  Say what is wrong with modules and their test files, without running anything
  console        Evaluate expressions in the module of the working directory
  fmt [TARGET…]  Lay out configuration files canonically
  junit merge    Make one JUnit file of several
  lsp            Serve an editor over standard input and output
  version        Print the version
  help [COMMAND] Print this, or the help of a command

  -chdir=DIR     Go to DIR before anything else

Exit codes:
  0  everything passed, or nothing was wrong
  1  a run failed or could not be carried out, or a file has errors
  2  the command line means nothing, or the machine failed
";

const TEST: &str = "\
Run the run blocks of a module's test files.

Usage: runblock test [OPTIONS] [DIR]

DIR is the module under test, by default the working directory. Its test files are those ending in
.tftest.hcl or .tftest.json in DIR and in DIR/tests; they run one after another, and what a file
made is destroyed when its last run is over.

Options:
  --filter FILE[::RUN]  Run only this test file, named as in the output (tests/a.tftest.hcl), or only
                        one run block of it with the earlier blocks that it needs. Both may be patterns:
                        'tests/*::creates_*'. Repeatable.
  --list                Name the runs that would be executed, and execute none. The names are those that
                        --filter takes
  --fail-fast           After the first run that does not pass, skip the rest; what was made is destroyed
  --shard K/N           Run the K-th of N shares of the test files, the same ones every time. The shares
                        have about as many runs each
  --durations FILE      Make shares that take about as long each, by what this JUnit file of an earlier
                        suite says; every share needs the same file
  --var NAME=VALUE      Set an input variable. Repeatable.
  --var-file FILE       Set input variables from a .tfvars or .tfvars.json file. Repeatable; of all
                        --var and --var-file the last one to name a variable wins.
  --test-directory DIR  Where test files are besides the module's own directory [default: tests]
  --dialect DIALECT     Run by the rules of this tool and version: terraform@1.11, tofu@1.10, or terraform or
                        tofu alone for the newest one [default: what the module says, see below]
  --schemas FILE        Check configuration against these schemas of providers, as for `runblock check`.
                        Repeatable. They run nothing: a run still needs the provider itself.
  --verbose             Print the plan or state of every run, and both sides of a failed comparison
  --timings             Say afterwards where the time went: the phases of all runs, the slowest runs, and
                        what took longest in them
  --slowest N           Name the N slowest runs afterwards. On a terminal some are named when all of it
                        took some seconds
  --format FORMAT       human, json, or github: text for people, followed by annotations that GitHub
                        shows beside the lines they are about [default: human]
  --json                Print one JSON object per line, in the form of Terraform's own -json stream; the
                        same as --format json
  --json-into FILE      Write that stream into a file as well
  --junit-xml FILE      Write a JUnit report when everything is over. `runblock junit merge` makes one of
                        those of several shares
  --compact-warnings    Name warnings that come without errors, and do not explain them
  --consolidate-warnings=false
                        Tell every warning, also where several have the same summary
  --consolidate-errors  Tell errors of the same summary once
  --run-parallelism N   How many runs of a file go on at once, where they are parallel and wait for something
                        [default: 10]
  --parallelism N       How many operations of one run go on at once, where they wait for something
                        [default: 10]
  --no-color            Plain text, also on a terminal
  -h, --help            Print this

Every option may also be written as Terraform writes it: -filter=FILE, -var 'a=b', -json. Input
variables are read from TF_VAR_* in the environment, from terraform.tfvars and *.auto.tfvars.

Without --dialect the module decides. The tool is OpenTofu for .tofutest files, and else what .tofu files without
a .tf beside them, the nearest .terraform-version or .opentofu-version, or .terraform.lock.hcl tell; it is
Terraform when they tell nothing. The version is that of the nearest version file, else the newest release that
required_version allows, else the newest release.

Exit codes:
  0  every run that was carried out passed
  1  a run failed, a run could not be carried out, something could not be destroyed, or a file has errors
  2  the command line means nothing, or the machine failed
";

const CHECK: &str = "\
Say what is wrong with modules and their test files, without running anything.

Usage: runblock check [OPTIONS] [PATH…]

A PATH is the directory of a module, by default the working directory, a file, or a pattern of such names, in
which ** stands for any number of directories: 'modules/**/*.tftest.hcl'. Of a file is told what is wrong with
it and what its runs would end with; where its module cannot be read, what is wrong with that.

Options:
  --test-directory DIR  Where test files are besides the module's own directory [default: tests]
  --dialect DIALECT     Read them by the rules of this tool and version, as for `runblock test`
  --schemas FILE        Check configuration against these schemas of providers: what
                        `terraform providers schema -json` prints, in a file or in the .json files of a
                        folder. Repeatable.
  --var NAME=VALUE      A variable that has a value from outside, so that tests need not give one. Repeatable.
  --var-file FILE       The same for all variables of a file. Repeatable.
  --fix                 Change the files where there is no doubt about what was meant: names that a message
                        proposes, keywords and references in quotes, keys where there is only one instance.
                        Then say what is left.
  --format FORMAT       What standard output is for [default: human]:
                          human   people
                          json    one JSON object per line: the diagnostic messages of `runblock test --json`
                          sarif   one SARIF 2.1.0 document, with hints as notes
                          github  people, and annotations on GitHub's pages
  --json                --format json
  --fail-on SEVERITY    What makes the exit code 1: error, warning or hint and everything worse, or never
                        [default: error]
  --no-color            Plain text, also on a terminal
  -h, --help            Print this

Schemas are read from a module's .runblock/schemas/*.json, then from the files and folders that RUNBLOCK_SCHEMAS
names, separated as in PATH, then from those of --schemas; of several descriptions of one provider the last
one counts. Of a provider without schemas nothing can be said, so it is not checked.

Exit codes:
  0  no errors; there may be warnings (see --fail-on)
  1  there are errors
  2  the command line means nothing, or the machine failed
";

const CONSOLE: &str = "\
Evaluate expressions in the module of the working directory.

Usage: runblock [-chdir=DIR] console [OPTIONS]

On a terminal this is a prompt with history and completion; an expression may go on over several lines while a
bracket is open. Otherwise every line of standard input is an expression, and as in Terraform only the value of the
last one is printed, or the first error. Nothing is changed or started: resources have the values that the state file
in the directory tells, and what it does not tell is (known after apply).

Options:
  --each           Print the value of every line as it comes, and go on after errors
  --json           The same as JSON, one object per line: \"line\" with \"value\" and \"type\", or with \"diagnostics\"
  --dialect DIALECT
                   Evaluate by the rules of this tool and version, as for `runblock test`: terraform@1.15
  --plan           See what a plan would make of the state
  --schemas FILE   Read schemas of providers, as for `runblock check`: the objects that the state has of these
                   providers have values then. Repeatable.
  --state FILE     Read this state instead of terraform.tfstate
  --var NAME=VALUE Set an input variable. Repeatable. Variables without a value are unknown.
  --var-file FILE  Set input variables from a .tfvars or .tfvars.json file. Repeatable.
  --no-color       Plain text, also on a terminal
  -h, --help       Print this

Every option may also be written as Terraform writes it: -var 'a=b', -plan.

Exit codes:
  0  everything that was read has a value
  1  an expression has an error, or the module has one that leaves nothing to evaluate in
  2  the command line means nothing, or the machine failed
";

const FMT: &str = "\
Lay out configuration files canonically, as terraform fmt does.

Usage: runblock fmt [OPTIONS] [TARGET…]

A TARGET is a file, a directory, or - alone for standard input; by default the working directory. Files
are those ending in .tf, .tfvars, .tftest.hcl, .tfmock.hcl, .tofu or .tofutest.hcl, other than hidden
ones and editors' backups. JSON files are not formatted, and neither are files with syntax errors.

Options:
  --check        Change nothing; the exit code says whether something would change
  --diff         Show what changes
  --list=false   Do not name the files that were not formatted
  --write=false  Do not write files; with --list=false print the result instead
  --recursive    Go into directories within directories as well
  --no-color     Plain text, also on a terminal
  -h, --help     Print this

Every option may also be written with one dash, as Terraform writes it.

Exit codes:
  0  everything is formatted, or was formatted just now
  2  a file could not be read or written or has errors, or the command line means nothing
  3  with --check, something is not formatted
";

const JUNIT: &str = "\
Make one JUnit file of several: of those of the shards of a suite the one of the whole suite.

Usage: runblock junit merge FILE… [-o FILE]

Options:
  -o, --output FILE  Where the result goes [default: standard output]
  -h, --help         Print this

Exit codes:
  0  the files were merged
  1  a file could not be read or written
  2  the command line means nothing
";
