--- The language client's configuration, for every supported Neovim.
---
--- Settings are read from `vim.g.runblock`, a table that may hold
---   cmd       (string[])  how to start the server; default `{ 'runblock', 'lsp' }`
---   codelens  (boolean)   show `▶ Run` and verdicts above run blocks; default true
local M = {}

--- Module files are among them, since they are part of what a test means.
M.filetypes = { 'terraform-test', 'terraform-test-json', 'terraform-mock', 'terraform', 'opentofu' }

M.root_markers = { '.git', '.terraform.lock.hcl', '.terraform' }

--- @return { cmd: string[], codelens: boolean }
function M.settings()
  return vim.tbl_extend('keep', vim.g.runblock or {}, { cmd = { 'runblock', 'lsp' }, codelens = true })
end

--- What `vim.lsp.config` (0.11+) wants to know.
function M.config()
  return { cmd = M.settings().cmd, filetypes = M.filetypes, root_markers = M.root_markers }
end

--- Starts the server for a buffer, or attaches the buffer to the one that runs already. Only for Neovim 0.10.
--- @param bufnr integer
function M.start(bufnr)
  local cmd = M.settings().cmd
  if vim.fn.executable(cmd[1]) == 0 then
    vim.notify_once(('runblock: `%s` is not a program; see :checkhealth runblock'):format(cmd[1]), vim.log.levels.ERROR)
    return
  end
  vim.lsp.start({ name = 'runblock', cmd = cmd, root_dir = vim.fs.root(bufnr, M.root_markers) }, {
    bufnr = bufnr,
    -- Left alone, 0.10 starts one server more for every file that has no root.
    reuse_client = function(client, config)
      return client.name == config.name and client.config.root_dir == config.root_dir
    end,
  })
end

--- The client of a buffer (0 for the current one), if it has one.
--- @param bufnr integer
--- @return vim.lsp.Client?
function M.client(bufnr)
  return vim.lsp.get_clients({ name = 'runblock', bufnr = bufnr })[1]
end

--- Calls a method of a client: a plain function in 0.10, a real method later.
--- @param client vim.lsp.Client
--- @param method string
function M.call(client, method, ...)
  if vim.fn.has('nvim-0.11') == 1 then
    return client[method](client, ...)
  end
  return client[method](...)
end

return M
