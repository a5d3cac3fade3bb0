// The fonts of the default theme would be half of the site's size.
export { default } from 'vitepress/theme-without-fonts'
