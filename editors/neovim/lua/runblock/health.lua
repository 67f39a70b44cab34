--- `:checkhealth runblock`
local runblock = require('runblock')

local M = {}

local function check_neovim()
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.10') == 0 then
    vim.health.error('Neovim ' .. version .. ' is too old', 'Use 0.10 or later.')
  elseif vim.lsp.enable then
    vim.health.ok('Neovim ' .. version .. ': started by `vim.lsp.enable`')
  else
    vim.health.ok('Neovim ' .. version .. ': started by a FileType autocommand')
  end
end

local function check_server()
  local configured = vim.lsp.enable and vim.lsp.config.runblock
  local cmd = configured and configured.cmd or runblock.settings().cmd
  if type(cmd) == 'function' then
    vim.health.info('The server is started by a function of yours')
    return
  end
  local program = vim.fn.exepath(cmd[1])
  if program == '' then
    vim.health.error(('`%s` is not a program'):format(cmd[1]), {
      'Put `runblock` on your PATH,',
      "or name it: vim.g.runblock = { cmd = { '/path/to/runblock', 'lsp' } }",
    })
    return
  end
  local started, process = pcall(vim.system, { program, '--version' }, { text = true, timeout = 5000 })
  local result = started and process:wait()
  if result and result.code == 0 then
    vim.health.ok(('%s: %s'):format(program, vim.trim(result.stdout)))
  else
    local reason = result and (result.stderr or ''):sub(1, 200) or tostring(process)
    vim.health.error(('`%s --version` failed: %s'):format(program, reason))
  end
end

local function check_filetypes()
  local expected = {
    ['a.tftest.hcl'] = 'terraform-test',
    ['a.tofutest.hcl'] = 'terraform-test',
    ['a.tftest.json'] = 'terraform-test-json',
    ['a.tofutest.json'] = 'terraform-test-json',
    ['a.tfmock.hcl'] = 'terraform-mock',
  }
  local wrong = {}
  for filename, filetype in pairs(expected) do
    local actual = vim.filetype.match({ filename = filename })
    if actual ~= filetype then
      wrong[#wrong + 1] = ('%s is `%s` and not `%s`'):format(filename, actual, filetype)
    end
  end
  if #wrong == 0 then
    vim.health.ok('Test and mock files are recognised by their names')
  else
    vim.health.warn('Another file type rule is stronger: ' .. table.concat(wrong, ', '), 'The server is not started there.')
  end
end

local function check_client()
  local clients = vim.lsp.get_clients({ name = 'runblock' })
  if #clients == 0 then
    vim.health.info('No server is running: it starts with the first test or module file')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.lsp.get_buffers_by_client_id(client.id)
    local root = client.config.root_dir or 'no folder'
    vim.health.ok(('Client %d is attached to %d buffer(s), root %s'):format(client.id, #buffers, root))
  end
  vim.health.info('Code lenses are ' .. (runblock.settings().codelens and 'on' or 'off'))
end

function M.check()
  vim.health.start('runblock')
  check_neovim()
  check_server()
  check_filetypes()
  check_client()
end

return M
