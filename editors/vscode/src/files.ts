/** Which files concern the server. Those that change on disk it watches itself, through the editor. */

/**
 * Documents that are sent to the server. They are selected by name and not by language id: the same file is
 * `terraform-test`, `opentofu-test` or plain text, depending on which other extensions are installed, and module files
 * are part of what a test means.
 */
export const selectedFiles = [
  '**/*.{tftest,tofutest,tfmock}.{hcl,json}',
  '**/*.{tf,tofu}',
  '**/*.{tf,tofu}.json',
];
